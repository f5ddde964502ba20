// What the variables of a template hold.

/// A value of `script.config`.
package enum TemplateValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// Numbers keep the spelling of the file.
    case text(String)
    case list([TemplateValue])
    case object([String: TemplateValue])

    /// What stands in the text for it.
    var shown: String {
        switch self {
        case .null: ""
        case .boolean(let value): value ? "true" : "false"
        case .text(let text): text
        case .list(let items): items.map(\.shown).joined(separator: ",")
        case .object: ""
        }
    }

    /// Whether a section of it is shown (Mustache: false, null and empty lists are not).
    var isShown: Bool {
        switch self {
        case .null, .boolean(false): false
        case .list(let items): !items.isEmpty
        default: true
        }
    }
}
