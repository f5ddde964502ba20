// SQL with markers where diagnostics are expected.

/// A text in which `«code»` stands in front of the place of an expected diagnostic.
package struct MarkedText: Sendable {
    /// The text without its markers.
    package let text: String
    /// Expected codes with their byte offsets, in order.
    package let markers: [(code: String, offset: Int)]

    package init(_ marked: String) {
        var text = ""
        var markers: [(code: String, offset: Int)] = []
        var rest = marked[...]
        while let open = rest.firstIndex(of: "«") {
            text += rest[..<open]
            let after = rest[rest.index(after: open)...]
            guard let close = after.firstIndex(of: "»") else { break }
            markers.append((String(after[..<close]), text.utf8.count))
            rest = after[after.index(after: close)...]
        }
        self.text = text + rest
        self.markers = markers
    }
}
