// Data types as written.

/// A data type in the text, e.g. `DECIMAL(10, 2) NOT NULL` or `ROW<a INT>`.
package struct TypeName: Sendable {
    /// Upper-case name in canonical spelling, e.g. `TIMESTAMP_LTZ`, `ARRAY`.
    package let name: String
    /// Length, or precision and scale.
    package let parameters: [Int]
    /// Element types of ARRAY and MULTISET (one), MAP (key, value).
    package let arguments: [TypeName]
    /// Fields of ROW.
    package let fields: [(name: Identifier, type: TypeName)]
    package let isNotNull: Bool
    package let span: Span
}
