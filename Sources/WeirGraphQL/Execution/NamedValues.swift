// Values of variables and arguments by name.

package import WeirColumnar

/// Values by name. There are few of them most often, which are found faster one by one than by a
/// hash.
package struct NamedValues: Sendable, ExpressibleByDictionaryLiteral {
    private static let few = 8
    private var first: [(name: String, value: JsonValue)] = []
    private var others: [String: JsonValue] = [:]

    package init(dictionaryLiteral elements: (String, JsonValue)...) {
        for (name, value) in elements { self[name] = value }
    }

    package subscript(name: String) -> JsonValue? {
        get {
            for item in first where item.name == name { return item.value }
            return others.isEmpty ? nil : others[name]
        }
        set {
            if let index = first.firstIndex(where: { $0.name == name }) {
                guard let newValue else {
                    first.remove(at: index)
                    return
                }
                first[index].value = newValue
            } else if let newValue, first.count < Self.few, others[name] == nil {
                first.append((name, newValue))
            } else {
                others[name] = newValue
            }
        }
    }
}
