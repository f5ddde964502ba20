// What changes are called in TO_CHANGELOG (Flink: queries/changelog.md).

package import WeirColumnar

/// The code of each kind of change; changes without one are left out.
package struct ChangeCodes: Sendable, Equatable {
    /// Flink's names of the kinds of changes.
    package static let names: [(kind: RowKind, name: String)] = [
        (.insert, "INSERT"), (.updateBefore, "UPDATE_BEFORE"), (.updateAfter, "UPDATE_AFTER"),
        (.delete, "DELETE"),
    ]

    /// By `RowKind`.
    private var codes: [String?]

    /// Flink's names are the codes.
    init() { codes = Self.names.map(\.name) }

    /// - Parameter mapping: names of kinds, perhaps several with commas between them, and codes.
    init(_ mapping: [(names: String, code: String)]) throws(UnknownChange) {
        codes = Self.names.map { _ in nil }
        for (names, code) in mapping {
            for part in names.split(separator: ",") {
                let name = part.filter { $0 != " " }
                guard let known = Self.names.first(where: { $0.name == name }) else {
                    throw UnknownChange(name: name)
                }
                codes[Int(known.kind.rawValue)] = code
            }
        }
    }

    struct UnknownChange: Error {
        let name: String
    }

    package subscript(_ kind: RowKind) -> String? { codes[Int(kind.rawValue)] }

    /// `INSERT as I, DELETE as D`
    package var text: String {
        Self.names.compactMap { kind, name in self[kind].map { "\(name) as \($0)" } }
            .joined(separator: ", ")
    }
}
