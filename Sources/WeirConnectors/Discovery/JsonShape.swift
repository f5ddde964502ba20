// What all values at one place of JSON records have in common.

/// The shape of a value: a scalar, an object, an array, or a mixture that only a text can hold.
final class JsonShapeNode {
    var scalar = ScalarGuess()
    private(set) var fields: [(name: String, node: JsonShapeNode)] = []
    private var index: [String: Int] = [:]
    var element: JsonShapeNode?
    /// Objects seen here.
    var objects = 0
    /// Times that a value other than null was here.
    var present = 0
    private static let maximumFields = 2000

    func field(_ name: String) -> JsonShapeNode? {
        if let found = index[name] { return fields[found].node }
        guard fields.count < Self.maximumFields else { return nil }
        index[name] = fields.count
        let node = JsonShapeNode()
        fields.append((name, node))
        return node
    }

    /// The type as a script has it, without NOT NULL.
    func type(isComplete: Bool, depth: Int = 0) -> String {
        let isMixed =
            [scalar.kind != nil, objects > 0, element != nil].filter { $0 }.count > 1
        if isMixed || depth > 12 { return "STRING" }
        if let element {
            return "ARRAY<\(element.type(isComplete: isComplete, depth: depth + 1))>"
        }
        guard objects > 0 else { return scalar.kind?.type ?? "STRING" }
        if fields.isEmpty { return "STRING" }
        let inner = fields.map { field in
            "`\(field.name.replacing("`", with: "``"))` "
                + field.node.type(isComplete: isComplete, depth: depth + 1)
                + (isComplete && field.node.present == objects ? " NOT NULL" : "")
        }
        return "ROW<\(inner.joined(separator: ", "))>"
    }
}

/// Gathers the shape of records.
struct JsonShape {
    private let root = JsonShapeNode()

    mutating func see(_ events: [JsonEvent]) {
        var index = 0
        see(events, &index, root)
    }

    /// - Parameter node: nil for values that are not kept.
    private func see(_ events: [JsonEvent], _ index: inout Int, _ node: JsonShapeNode?) {
        guard index < events.count else { return }
        let event = events[index]
        index += 1
        if case .null = event { return }
        node?.present += 1
        switch event {
        case .beginObject:
            node?.objects += 1
            while index < events.count, case .key(let name) = events[index] {
                index += 1
                see(events, &index, node?.field(name))
            }
            index += 1
        case .beginArray:
            if let node, node.element == nil { node.element = JsonShapeNode() }
            while index < events.count {
                if case .endArray = events[index] { break }
                see(events, &index, node?.element)
            }
            index += 1
        case .text(let text): node?.scalar.see(text: text)
        case .integer: node?.scalar.see(.bigint)
        case .number: node?.scalar.see(.double)
        case .boolean: node?.scalar.see(.boolean)
        case .null, .endObject, .endArray, .key: break
        }
    }

    /// Names and types of the fields of the records.
    func columns(isComplete: Bool) -> [(name: String, type: String)] {
        root.fields.map { field in
            let isAlways = isComplete && field.node.present == root.objects
            let type = field.node.type(isComplete: isComplete)
            return (field.name, type + (isAlways ? " NOT NULL" : ""))
        }
    }
}
