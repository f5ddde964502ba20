// Selected fields to statements.

import WeirColumnar
import WeirGraphQL
import WeirPlanner
import WeirStore

/// Makes the statements of one request.
struct FetchCompiler {
    let model: APIModel
    let request: GraphQLRequest
    let caller: Caller
    let texts: StatementTexts
    private(set) var values: FieldValues

    init(_ model: APIModel, _ request: GraphQLRequest, _ caller: Caller, _ texts: StatementTexts) {
        self.model = model
        self.request = request
        self.caller = caller
        self.texts = texts
        values = FieldValues(model.settings, caller)
    }

    /// The statement of a root field with those below it.
    ///
    /// - Throws: `FieldProblem`.
    mutating func root(_ field: SelectedField, _ query: APIQuery) throws -> RootRead {
        if query.isPage { return .page(try page(field, query)) }
        return .rows(
            try fetch(field, query, parent: nil, path: [.field(field.responseKey)], parentRows: 1))
    }

    /// The rows of a page, which is a root field.
    ///
    /// - Throws: `FieldProblem`.
    mutating func results(
        _ field: SelectedField, of page: SelectedField, _ query: APIQuery
    ) throws -> Fetch {
        try fetch(
            field, query, parent: nil,
            path: [.field(page.responseKey), .field(field.responseKey)], parentRows: 1,
            arguments: page.arguments)
    }

    /// The statement of a subscription: its rows behind a number, which is the last column.
    ///
    /// - Throws: `FieldProblem`.
    mutating func events(_ field: SelectedField, _ query: APIQuery) throws -> Fetch {
        let path = [GraphQLError.PathStep.field(field.responseKey)]
        guard let object = model.objects[query.type], let select = query.query.select,
            let type = model.schema.types[query.type]
        else { throw FieldProblem("\"\(field.name)\" is not served.", field, path) }
        let parameters: [(name: String, value: StoreValue)]
        do throws(ArgumentProblem) {
            parameters = try ArgumentValues.parameters(
                query.query, given: field.arguments, caller: caller)
        } catch {
            throw FieldProblem(error.message, field, path, isForbidden: error.isForbidden)
        }
        let (output, columns) = try self.output(
            try request.fields(of: field, on: type), object, path, rows: 1)
        let sql = texts.sql(
            query.query, select,
            StoreSelect.Request(columns: columns.numbers + [select.eventColumn], isPaged: true),
            keys: nil)
        return Fetch(
            key: Self.key(field.responseKey), responseKey: field.responseKey,
            location: field.location, query: query.query.name, sql: sql,
            width: columns.numbers.count + 1,
            parameters: parameters, isList: false, parentColumns: nil, output: output)
    }

    private mutating func fetch(
        _ field: SelectedField, _ query: APIQuery, parent: RowColumns?,
        path: [GraphQLError.PathStep], parentRows: Int, arguments given: NamedValues? = nil
    ) throws -> Fetch {
        let arguments = given ?? field.arguments
        guard let object = model.objects[query.type], let select = query.query.select,
            let type = model.schema.types[query.type]
        else { throw FieldProblem("\"\(field.name)\" is not served.", field, path) }
        guard path.count <= model.settings.maximumDepth else {
            throw FieldProblem(
                "The request goes deeper than \(model.settings.maximumDepth) lists.", field, path)
        }
        let (parameters, expected) = try values.read(
            field, arguments, query, path: path, parentRows: parentRows)
        let parents = query.query.arguments.compactMap { argument -> String? in
            if case .parent(let column) = argument.origin { column } else { nil }
        }
        let (output, columns) = try self.output(
            try request.fields(of: field, on: type), object, path, rows: expected)
        let sqlRequest = StoreSelect.Request(
            columns: columns.numbers, filters: Self.filters(query.query, arguments),
            isPaged: true)
        let sql = texts.sql(
            query.query, select, sqlRequest, keys: parent == nil ? nil : parents)
        return Self.fetch(
            field, query, sql: sql, parameters: parameters, output, columns,
            parentColumns: parent.map { parent in parents.map { parent.place(named: $0) } })
    }

    static func fetch(
        _ field: SelectedField, _ query: APIQuery, sql: String,
        parameters: [(name: String, value: StoreValue)], _ output: RowOutput,
        _ columns: RowColumns, parentColumns: [Int]? = nil
    ) -> Fetch {
        Fetch(
            key: key(field.responseKey), responseKey: field.responseKey,
            location: field.location, query: query.query.name,
            cacheSeconds: query.query.cacheSeconds, sql: sql,
            width: max(1, columns.numbers.count), parameters: parameters, isList: query.isList,
            isNonNull: field.definition.type.isNonNull, parentColumns: parentColumns,
            output: output)
    }

    /// Filters that may be left out are no condition then.
    static func filters(_ query: StoreQuery, _ arguments: NamedValues) -> [StoreSelect.Filter] {
        query.arguments.compactMap { argument in
            guard case .filter(let column, let isRequired) = argument.origin else { return nil }
            let value = arguments[argument.name] ?? .null
            if !isRequired, value == .null { return nil }
            return StoreSelect.Filter(column: column, parameter: argument.parameter)
        }
    }

    mutating func output(
        _ fields: [SelectedField], _ object: APIObject, _ path: [GraphQLError.PathStep], rows: Int
    ) throws -> (RowOutput, RowColumns) {
        var columns = RowColumns(object)
        var found: [RowField] = []
        var children: [Fetch] = []
        for field in fields {
            let content: RowField.Content
            if field.name == "__typename" {
                content = .typeName(object.name)
            } else if let number = object.columnNumbers[field.name] {
                let column = object.columns[number]
                content = .column(
                    columns.place(of: number),
                    try shape(column.type, field, type: field.definition.type),
                    isNullable: !field.definition.type.isNonNull)
            } else if let query = object.relationships[field.name] {
                for argument in query.query.arguments {
                    if case .parent(let name) = argument.origin { columns.add(named: name) }
                }
                content = .child(children.count)
                children.append(
                    try fetch(
                        field, query, parent: columns, path: path + [.field(field.responseKey)],
                        parentRows: rows))
            } else {
                continue
            }
            found.append(
                RowField(
                    key: Self.key(field.responseKey), responseKey: field.responseKey,
                    location: field.location, content: content))
        }
        return (RowOutput(fields: found, children: children), columns)
    }

    static func key(_ name: String) -> [UInt8] { Array("\"\(name)\":".utf8) }

    // MARK: Nested values

    private func shape(
        _ type: DataType, _ field: SelectedField, type output: TypeReference
    ) throws -> ValueShape {
        switch type.kind {
        case .array(let element):
            let inner = Self.element(output)
            return .list(try shape(element, field, type: inner), isNullable: !inner.isNonNull)
        case .multiset(let element):
            return .multiset(try shape(element, field, type: Self.element(output)))
        case .row: return .row(try members(field, type: output))
        default:
            if let target = model.schema.types[output.name],
                case .some(.some(let narrowing)) = ScalarNarrowing.between(type.kind, target)
            {
                return .narrowed(type.kind, narrowing)
            }
            return .scalar(type.kind)
        }
    }

    private static func element(_ type: TypeReference) -> TypeReference {
        if case .list(let inner) = type.nullable { inner } else { type }
    }

    private func members(_ field: SelectedField, type: TypeReference) throws -> [NestedField] {
        let name = type.name
        guard let object = model.schema.types[name], let types = model.nested[name] else {
            return []
        }
        return try request.fields(of: field, on: object).compactMap { field in
            let content: NestedField.Content
            if field.name == "__typename" {
                content = .typeName(name)
            } else if let type = types[field.name] {
                content = .member(
                    name: field.name, try shape(type, field, type: field.definition.type),
                    isNullable: !field.definition.type.isNonNull)
            } else {
                return nil
            }
            return NestedField(
                key: Self.key(field.responseKey), responseKey: field.responseKey,
                content: content, location: field.location)
        }
    }
}

/// The columns that a statement reads.
struct RowColumns {
    private let object: APIObject
    private(set) var numbers: [Int] = []

    init(_ object: APIObject) { self.object = object }

    /// Where a column is among those that are read; it is from now on.
    mutating func place(of number: Int) -> Int {
        if let place = numbers.firstIndex(of: number) { return place }
        numbers.append(number)
        return numbers.count - 1
    }

    mutating func add(named name: String) {
        if let number = number(named: name) { _ = place(of: number) }
    }

    /// Where a column is that has been added.
    func place(named name: String) -> Int {
        number(named: name).flatMap { numbers.firstIndex(of: $0) } ?? 0
    }

    private func number(named name: String) -> Int? {
        object.columns.firstIndex { $0.name == name }
    }
}
