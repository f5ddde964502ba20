// Rows as JSON (GraphQL specification, 6.4.3 Value Completion, 6.4.4 Handling Field Errors).

import WeirColumnar
import WeirGraphQL
import WeirStore

/// Writes the data of a response. What must not be null and is makes the object around it null, and
/// an error.
struct ResponseWriter {
    private(set) var output = JSONBuffer()
    private(set) var errors: [GraphQLError] = []
    private var path: [GraphQLError.PathStep] = []
    /// More errors of values than that are not told.
    private static let maximumErrors = 100

    mutating func raw(_ bytes: some Collection<UInt8>) { output.append(raw: bytes) }

    /// Puts something in the place of what has been written last.
    mutating func replace(from start: Int, with text: StaticString) {
        output.truncate(to: start)
        output.append(text)
    }

    mutating func add(_ error: GraphQLError) { errors.append(error) }

    /// `"name":value` of a root field.
    ///
    /// - Parameter found: the rows of each of its statements.
    /// - Returns: false when it is null and must not be.
    mutating func field(_ root: RootRead, _ found: [FetchedRows]) -> Bool {
        output.append(raw: root.key)
        let isWritten = value(root, found)
        if !isWritten, root.isNonNull, errors.isEmpty {
            path = []
            _ = isNull(root.responseKey, root.location)
        }
        return isWritten || !root.isNonNull
    }

    /// The value of a root field.
    @discardableResult
    mutating func value(_ root: RootRead, _ found: [FetchedRows]) -> Bool {
        switch root {
        case .rows(let fetch): return value(fetch, found[0])
        case .page(let page): return write(page, found)
        }
    }

    /// - Returns: false when it is null, as its rows are and must not be.
    private mutating func write(_ page: PageFetch, _ found: [FetchedRows]) -> Bool {
        let start = output.count
        output.append(UInt8(ascii: "{"))
        for (number, field) in page.fields.enumerated() {
            if number > 0 { output.append(UInt8(ascii: ",")) }
            output.append(raw: field.key)
            switch field.content {
            case .typeName(let name): output.append(quoted: name)
            case .results(let number):
                let fetch = page.fetches[number]
                path = [.field(page.responseKey), .field(fetch.responseKey)]
                let isWritten = write(fetch, found[number], group: 0)
                path = []
                guard isWritten || !fetch.isNonNull else {
                    output.truncate(to: start)
                    output.append("null")
                    return false
                }
            case .pagination(let members): write(members, of: page, found)
            }
        }
        output.append(UInt8(ascii: "}"))
        return true
    }

    private mutating func write(
        _ members: [(key: [UInt8], value: PageField.InfoValue)], of page: PageFetch,
        _ found: [FetchedRows]
    ) {
        output.append(UInt8(ascii: "{"))
        for (number, member) in members.enumerated() {
            if number > 0 { output.append(UInt8(ascii: ",")) }
            output.append(raw: member.key)
            switch member.value {
            case .typeName(let name): output.append(quoted: name)
            case .info(let info): page.append(info, found, to: &output)
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    /// The value of a root field.
    @discardableResult
    mutating func value(_ fetch: Fetch, _ rows: FetchedRows) -> Bool {
        path = [.field(fetch.responseKey)]
        defer { path = [] }
        return write(fetch, rows, group: 0)
    }

    /// One row of a root field: `"name":value`.
    mutating func row(_ fetch: Fetch, _ rows: FetchedRows, _ row: Int) {
        path = [.field(fetch.responseKey)]
        output.append(raw: fetch.key)
        let start = output.count
        if !object(fetch.output, rows, row: row) {
            output.truncate(to: start)
            output.append("null")
        }
        path = []
    }

    /// Each object on a line of its own; one that must not be null and is, is left out.
    mutating func lines(_ fetch: Fetch, _ rows: FetchedRows) {
        for row in rows.rows(shownBy: fetch) {
            path = [.field(fetch.responseKey), .index(row)]
            let start = output.count
            if object(fetch.output, rows, row: row) {
                output.append(UInt8(ascii: "\n"))
            } else {
                output.truncate(to: start)
            }
        }
        path = []
    }

    /// A list of objects, or one; null when one that must not be is.
    ///
    /// - Returns: false for null.
    @discardableResult
    private mutating func write(_ fetch: Fetch, _ rows: FetchedRows, group: Int) -> Bool {
        let range = rows.rows(of: group).prefix(fetch.shown ?? .max)
        let start = output.count
        guard fetch.isList else {
            guard let row = range.first, object(fetch.output, rows, row: row) else {
                output.truncate(to: start)
                output.append("null")
                return false
            }
            return true
        }
        output.append(UInt8(ascii: "["))
        for row in range {
            if row > range.lowerBound { output.append(UInt8(ascii: ",")) }
            path.append(.index(row - range.lowerBound))
            defer { path.removeLast() }
            guard object(fetch.output, rows, row: row) else {
                output.truncate(to: start)
                output.append("null")
                return false
            }
        }
        output.append(UInt8(ascii: "]"))
        return true
    }

    private mutating func object(
        _ output: RowOutput, _ rows: FetchedRows, row: Int
    ) -> Bool {
        self.output.append(UInt8(ascii: "{"))
        for (number, field) in output.fields.enumerated() {
            if number > 0 { self.output.append(UInt8(ascii: ",")) }
            self.output.append(raw: field.key)
            switch field.content {
            case .typeName(let name): self.output.append(quoted: name)
            case .column(let place, let shape, let isNullable):
                let cell = rows.rows.cell(row, place)
                if !value(cell, of: rows.rows, shape, field.responseKey, field.location) {
                    guard isNullable else {
                        return isNull(field.responseKey, field.location)
                    }
                    self.output.append("null")
                }
            case .child(let number):
                let child = rows.children[number]
                path.append(.field(field.responseKey))
                let isWritten = write(
                    output.children[number], child.rows, group: child.numbers[row])
                path.removeLast()
                if !isWritten, output.children[number].isNonNull {
                    return isNull(field.responseKey, field.location)
                }
            }
        }
        self.output.append(UInt8(ascii: "}"))
        return true
    }

    /// Notes that something is null that must not be; what is around it is null then.
    private mutating func isNull(_ key: String, _ location: GraphQLLocation) -> Bool {
        // One error a field (6.4.4): it may have been told why there is no value.
        let isTold = errors.last?.path == path + [.field(key)]
        if errors.count < Self.maximumErrors, !isTold {
            errors.append(
                GraphQLError(
                    "Cannot return null for non-nullable field \"\(key)\".", at: [location],
                    path: path + [.field(key)], classification: "NullValueInNonNullableField"))
        }
        return false
    }

    // MARK: Values

    /// False when the value is null, or is null because a part of it is that must not be.
    private mutating func value(
        _ cell: StoreCell, of rows: RowSet, _ shape: ValueShape, _ key: String,
        _ location: GraphQLLocation
    ) -> Bool {
        if cell.kind == .null { return false }
        switch shape {
        case .scalar(let kind): return output.append(cell, of: rows, kind)
        case .narrowed(let kind, let narrowing):
            let start = output.count
            guard output.append(cell, of: rows, kind) else { return false }
            return narrow(narrowing, from: start, key, location)
        default: break
        }
        guard cell.kind == .text, let json = JsonValue.parse(rows.text(cell)) else { return false }
        path.append(.field(key))
        defer { path.removeLast() }
        return value(json, shape)
    }

    /// A value that the schema's type does not have is an error of its field (6.4.3, Result
    /// Coercion).
    private mutating func narrow(
        _ narrowing: ScalarNarrowing, from start: Int, _ key: String, _ location: GraphQLLocation
    ) -> Bool {
        if narrowing.apply(&output, from: start) { return true }
        let shown = String(decoding: output.bytes[start...].prefix(60), as: UTF8.self)
        output.truncate(to: start)
        if errors.count < Self.maximumErrors {
            errors.append(
                GraphQLError(
                    "\(shown) is no value of the type of \"\(key)\".", at: [location],
                    path: path + [.field(key)], classification: "DataFetchingException"))
        }
        return false
    }

    private mutating func value(_ json: JsonValue, _ shape: ValueShape) -> Bool {
        let start = output.count
        let isWritten: Bool
        switch (json, shape) {
        case (.null, _): return false
        case (_, .scalar(let kind)): isWritten = output.append(json, kind)
        case (_, .narrowed(let kind, let narrowing)):
            isWritten = output.append(json, kind) && narrowing.apply(&output, from: start)
        case (.array(let items), .list(let element, let isNullable)):
            isWritten = list(items, element, isNullable: isNullable)
        case (.object(let members), .multiset(let element)):
            var items: [JsonValue] = []
            for member in members {
                let count = min(Int(member.value.text) ?? 0, 10_000 - items.count)
                items += [JsonValue](repeating: .string(member.key), count: max(0, count))
            }
            isWritten = list(items, element, isNullable: true)
        case (.object(let members), .row(let fields)): isWritten = row(members, fields)
        default: isWritten = false
        }
        if !isWritten { output.truncate(to: start) }
        return isWritten
    }

    private mutating func list(
        _ items: [JsonValue], _ element: ValueShape, isNullable: Bool
    ) -> Bool {
        output.append(UInt8(ascii: "["))
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            path.append(.index(index))
            defer { path.removeLast() }
            if !value(item, element) {
                guard isNullable else { return false }
                output.append("null")
            }
        }
        output.append(UInt8(ascii: "]"))
        return true
    }

    private mutating func row(_ members: [JsonMember], _ fields: [NestedField]) -> Bool {
        output.append(UInt8(ascii: "{"))
        for (index, field) in fields.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output.append(raw: field.key)
            switch field.content {
            case .typeName(let name): output.append(quoted: name)
            case .member(let name, let shape, let isNullable):
                let found = members.first { $0.isCalled(name) }?.value ?? .null
                path.append(.field(field.responseKey))
                let isWritten = value(found, shape)
                path.removeLast()
                if !isWritten {
                    guard isNullable else { return isNull(field.responseKey, field.location) }
                    output.append("null")
                }
            }
        }
        output.append(UInt8(ascii: "}"))
        return true
    }
}
