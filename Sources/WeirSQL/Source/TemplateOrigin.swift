// From the text that templating made back to what the user wrote.

/// Which bytes of a template the bytes of its expansion come from.
struct TemplateOrigin: Sendable {
    /// A run of expanded bytes.
    struct Piece: Sendable {
        /// First byte in the expansion.
        let expanded: Int
        /// First byte in the template.
        let written: Int
        /// Bytes in the template: those of the tag when the bytes are its value.
        let length: Int
        /// Whether the bytes are the same in both.
        let isVerbatim: Bool
    }

    private(set) var pieces: [Piece] = []

    mutating func add(_ piece: Piece) { pieces.append(piece) }

    private func index(of offset: Int) -> Int? {
        var low = 0
        var high = pieces.count - 1
        guard high >= 0 else { return nil }
        while low < high {
            let middle = (low + high + 1) / 2
            if pieces[middle].expanded <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Where an expanded byte begins in the template: a value begins at its tag.
    func start(of offset: Int) -> Int {
        guard let index = index(of: offset) else { return offset }
        let piece = pieces[index]
        guard piece.isVerbatim else { return piece.written }
        return piece.written + min(max(0, offset - piece.expanded), piece.length)
    }

    /// Where the bytes up to an expanded offset end in the template: a value ends with its tag.
    func end(of offset: Int) -> Int {
        guard let index = index(of: max(0, offset - 1)) else { return offset }
        let piece = pieces[index]
        guard piece.isVerbatim else { return piece.written + piece.length }
        return piece.written + min(max(0, offset - piece.expanded), piece.length)
    }

    /// The first expanded byte that was made of a template's byte or of what follows it.
    func expanded(of written: Int) -> Int {
        for piece in pieces where written < piece.written + piece.length {
            guard piece.isVerbatim else { return piece.expanded }
            return piece.expanded + max(0, written - piece.written)
        }
        return pieces.last.map { $0.expanded + ($0.isVerbatim ? $0.length : 0) } ?? written
    }
}
