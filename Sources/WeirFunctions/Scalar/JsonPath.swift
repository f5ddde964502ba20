// SQL/JSON paths (ISO 9075-2; Flink reads them with Calcite): `[lax | strict] $.a['b'][0][*].*`.

import WeirColumnar

/// A path that has been read.
struct JsonPath {
    private enum Step {
        case member(String)
        case index(Int)
        case allItems
        case allMembers
    }

    let isStrict: Bool
    private let steps: [Step]

    /// Whether it may give more than one value.
    var isIndefinite: Bool {
        steps.contains { step in
            switch step {
            case .allItems, .allMembers: true
            case .member, .index: false
            }
        }
    }

    /// Nil when the text is no path.
    init?(_ text: String) {
        var rest = text[...].drop { $0 == " " }
        var isStrict = false
        for (word, strict) in [("lax", false), ("strict", true)]
        where rest.lowercased().hasPrefix(word + " ") || rest.lowercased().hasPrefix(word + "$") {
            rest = rest.dropFirst(word.count).drop { $0 == " " }
            isStrict = strict
            break
        }
        guard rest.first == "$" else { return nil }
        rest = rest.dropFirst()
        var steps: [Step] = []
        while let mark = rest.first {
            guard let step = mark == "." ? Self.dotted(&rest) : Self.bracketed(&rest) else {
                if rest.allSatisfy({ $0 == " " }) { break }
                return nil
            }
            steps.append(step)
        }
        self.isStrict = isStrict
        self.steps = steps
    }

    private static func dotted(_ rest: inout Substring) -> Step? {
        rest = rest.dropFirst()
        if rest.first == "[" { return bracketed(&rest) }
        if rest.first == "*" {
            rest = rest.dropFirst()
            return .allMembers
        }
        let name = rest.prefix { !".[ ".contains($0) }
        guard !name.isEmpty else { return nil }
        rest = rest.dropFirst(name.count)
        return .member(String(name))
    }

    private static func bracketed(_ rest: inout Substring) -> Step? {
        guard rest.first == "[", let end = rest.firstIndex(of: "]") else { return nil }
        let inner = rest[rest.index(after: rest.startIndex)..<end].filter { $0 != " " }
        if let quote = inner.first, quote == "'" || quote == "\"" {
            // A name may hold brackets itself: it ends with its quote.
            guard let open = rest.firstIndex(of: quote) else { return nil }
            let start = rest.index(after: open)
            guard let close = rest[start...].firstIndex(of: quote),
                let bracket = rest[close...].firstIndex(of: "]")
            else { return nil }
            let name = String(rest[start..<close])
            rest = rest[rest.index(after: bracket)...]
            return .member(name)
        }
        rest = rest[rest.index(after: end)...]
        if inner == "*" { return .allItems }
        return Int(inner).map { .index($0) }
    }

    /// The values that it finds; nil when a strict path does not fit the value.
    func values(in root: JsonValue) -> [JsonValue]? {
        var found = [root]
        for step in steps {
            var next: [JsonValue] = []
            for value in found {
                guard let inner = Self.apply(step, value) else {
                    if isStrict { return nil }
                    continue
                }
                next += inner
            }
            found = next
        }
        return found
    }

    private static func apply(_ step: Step, _ value: JsonValue) -> [JsonValue]? {
        switch (step, value) {
        case (.member(let name), .object(let members)):
            return members.last { $0.isCalled(name) }.map { [$0.value] }
        case (.index(let index), .array(let items)):
            let position = index < 0 ? items.count + index : index
            return items.indices.contains(position) ? [items[position]] : nil
        case (.allItems, .array(let items)): return items
        case (.allMembers, .object(let members)): return members.map(\.value)
        default: return nil
        }
    }
}

/// Paths that a batch has used, read once.
struct JsonPathCache {
    private var paths: [ArraySlice<UInt8>: JsonPath?] = [:]

    mutating func path(_ text: ArraySlice<UInt8>) -> JsonPath? {
        let key = ArraySlice(Array(text))
        if let found = paths[key] { return found }
        let path = JsonPath(String(decoding: text, as: UTF8.self))
        paths[key] = path
        return path
    }
}

/// Follows the path (second argument) in the JSON text (first argument) of each row.
struct JsonLookup {
    enum Result {
        /// An argument is NULL.
        case null
        /// The text is not JSON, or the path is none or does not fit it.
        case broken(JsonPath?)
        case values([JsonValue], JsonPath)
    }

    private let call: FunctionCall
    private let validity: Bitmap?
    private var paths = JsonPathCache()

    init(_ call: FunctionCall) {
        self.call = call
        validity = strictValidity(Array(call.arguments.prefix(2)), count: call.count)
    }

    mutating func find(_ row: Int) -> Result {
        guard validity.map({ $0[row] }) ?? true else { return .null }
        let path = paths.path(call.bytes(1, row))
        guard let path, let root = JsonValue.parse(call.bytes(0, row)),
            let found = path.values(in: root)
        else { return .broken(path) }
        return .values(found, path)
    }
}
