// `weir fmt`: one layout for scripts.
//
// Words and comments stay as they are; reserved words become capitals. A statement that fits stays
// on one line; otherwise clauses begin lines, and lists that do not fit have an item on each line.

/// Lays out scripts.
package struct Formatter {
    /// Columns that a line may have.
    private static let width = 100
    private var output = ""
    private var column = 0
    /// The token printed last, for the space in front of the next.
    private var previous: FormatToken?
    /// Whether the statement names modules, where dashes are parts of names.
    private var keepsAttached = false
    /// Whether the statement is a CREATE TABLE, whose columns are set in line.
    private var isTable = false
    /// Tokens whose comments are written.
    private var commented: Set<Int> = []

    /// The script in its layout, or what is wrong with it.
    ///
    /// Template tags are kept where they are.
    package static func format(
        _ source: SourceText
    ) -> (text: String?, diagnostics: [Diagnostic]) {
        let tags = TemplateTags(String(decoding: source.bytes, as: UTF8.self))
        let plain = SourceText(name: source.name, tags.hidden)
        let script = Parser.parse(plain)
        guard !script.diagnostics.hasErrors else {
            return (nil, tags.isEmpty ? script.diagnostics : [unreadable(script, source)])
        }
        let verbatim = script.statements.compactMap { statement -> Span? in
            guard case .define(let definition) = statement.kind,
                case .passthrough(_, let span) = definition.body
            else { return nil }
            return span
        }
        let tokens = FormatTokenReader(plain, verbatim: verbatim).read()
        var formatter = Formatter()
        formatter.write(tokens)
        return (tags.shown(TrailingComments.aligned(formatter.output)), [])
    }

    /// A template that is no script without its tags.
    private static func unreadable(_ script: Script, _ source: SourceText) -> Diagnostic {
        let first = script.diagnostics.inSourceOrder.first { $0.severity == .error }
        return .error(
            "unreadable-template", "this template cannot be laid out: \(first?.message ?? "")",
            at: Span(source.base, source.base),
            hint: "what is left without its section tags has to be a script")
    }

    private mutating func write(_ tokens: [FormatToken]) {
        for (index, statement) in TokenTree.statements(tokens).enumerated() {
            guard let first = statement.first?.first else { continue }
            if index > 0, first.hasBlankLine { output += "\n" }
            keepsAttached = statement.contains {
                ["IMPORT", "EXPORT"].contains($0.word)
            }
            previous = nil
            writeComments(first, indent: 0)
            isTable =
                statement.contains { $0.word == "CREATE" }
                && statement.contains { $0.word == "TABLE" }
            let preamble = statement.prefix { node in
                [.hint, .docComment].contains(node.first.kind)
            }
            writeFlat(preamble, indent: 0)
            write(Array(statement.dropFirst(preamble.count)), indent: 0)
            endLine()
        }
        if let end = tokens.last, !end.comments.isEmpty {
            if !output.isEmpty, end.hasBlankLine { output += "\n" }
            for comment in end.comments.reversed().drop(while: \.isEmpty).reversed() {
                output += comment + "\n"
            }
        }
    }

    // MARK: Lines

    private mutating func endLine() {
        while output.last == " " { output.removeLast() }
        if !output.isEmpty, output.last != "\n" { output += "\n" }
        column = 0
    }

    private mutating func newLine(_ indent: Int) {
        endLine()
        output += String(repeating: " ", count: indent)
        column = indent
        previous = nil
    }

    private mutating func writeComments(_ token: FormatToken, indent: Int) {
        guard !token.comments.isEmpty, commented.insert(token.number).inserted else { return }
        for comment in token.comments {
            if column > indent { newLine(indent) }
            if comment.isEmpty {
                endLine()
                output += "\n"
            }
            output += comment
            newLine(indent)
        }
    }

    private mutating func put(_ token: FormatToken, isFirst: Bool, indent: Int) {
        writeComments(token, indent: indent)
        if let previous, Spacing.needsSpace(previous, token, keepsAttached: keepsAttached) {
            output += " "
            column += 1
        }
        output += token.text
        column += token.text.count
        previous = token
        if let inline = token.inline {
            output += " " + inline
            column += inline.count + 1
        }
        if let trailing = token.trailing {
            output += TrailingComments.mark + trailing
            newLine(indent)
        } else if token.kind == .hint || token.kind == .docComment {
            newLine(indent)
        }
    }

    // MARK: Nodes

    /// The columns that nodes take up on one line; nil when they have comments.
    private func flatWidth(_ nodes: some Collection<TokenNode>, after: FormatToken?) -> Int? {
        var total = 0
        var last = after
        func add(_ token: FormatToken, isFirst: Bool) -> Bool {
            guard token.trailing == nil || token.isSymbol(";"), isFirst || token.comments.isEmpty,
                token.kind != .docComment, token.kind != .hint, !token.text.contains("\n")
            else { return false }
            if let last, Spacing.needsSpace(last, token, keepsAttached: keepsAttached) {
                total += 1
            }
            total += token.text.count + (token.inline.map { $0.count + 1 } ?? 0)
            last = token
            return true
        }
        func visit(_ node: TokenNode, isFirst: Bool) -> Bool {
            switch node {
            case .token(let token): return add(token, isFirst: isFirst)
            case .group(let open, let inner, let close):
                return add(open, isFirst: isFirst) && inner.allSatisfy { visit($0, isFirst: false) }
                    && add(close, isFirst: false)
            }
        }
        for (index, node) in nodes.enumerated() where !visit(node, isFirst: index == 0) {
            return nil
        }
        return total
    }

    private func fits(_ nodes: some Collection<TokenNode>) -> Bool {
        flatWidth(nodes, after: previous).map { column + $0 <= Self.width } ?? false
    }

    private mutating func writeFlat(_ nodes: some Collection<TokenNode>, indent: Int) {
        for (index, node) in nodes.enumerated() {
            switch node {
            case .token(let token): put(token, isFirst: index == 0, indent: indent)
            case .group(let open, let inner, let close):
                put(open, isFirst: index == 0, indent: indent)
                writeFlat(inner, indent: indent)
                put(close, isFirst: true, indent: indent)
            }
        }
    }

    private mutating func write(_ nodes: [TokenNode], indent: Int) {
        if fits(nodes) { return writeFlat(nodes, indent: indent) }
        for (index, clause) in Clauses.split(nodes).enumerated() {
            let isDeeper = index > 0 && Clauses.isDeeper(clause, than: nodes)
            if index > 0 { newLine(indent + (isDeeper ? 2 : 0)) }
            writeClause(clause, indent: indent + (isDeeper ? 2 : 0))
        }
    }

    /// A clause that does not fit: an item on each line, or a condition on each.
    private mutating func writeClause(_ clause: [TokenNode], indent: Int) {
        if fits(clause) { return writeFlat(clause, indent: indent) }
        let head = Clauses.headLength(clause)
        let items = Clauses.items(Array(clause.dropFirst(head)))
        if items.count > 1 {
            writeSequence(Array(clause.prefix(head)), indent: indent)
            for item in items {
                if head > 0 || column > indent { newLine(indent + 2) }
                writeSequence(item, indent: indent + 2)
            }
            return
        }
        writeSequence(clause, indent: indent)
    }

    /// Nodes one after the other; brackets that do not fit are opened, conditions begin lines.
    private mutating func writeSequence(_ nodes: [TokenNode], indent: Int) {
        if fits(nodes) { return writeFlat(nodes, indent: indent) }
        var isBetween = false
        var inner = indent
        for (index, node) in nodes.enumerated() {
            switch node {
            case .token(let token):
                if token.word == "BETWEEN" { isBetween = true }
                let isJoint = ["AND", "OR"].contains(token.word)
                if isJoint, isBetween {
                    isBetween = false
                } else if isJoint, index > 0 {
                    newLine(indent + 2)
                    inner = indent + 2
                }
                put(token, isFirst: index == 0, indent: indent + 2)
            case .group(let open, let nodes, let close):
                writeGroup(open, nodes, close, isFirst: index == 0, indent: inner)
            }
        }
    }

    private mutating func writeGroup(
        _ open: FormatToken, _ inner: [TokenNode], _ close: FormatToken, isFirst: Bool, indent: Int
    ) {
        if fits([.group(open: open, inner, close: close)]) {
            return writeFlat([.group(open: open, inner, close: close)], indent: indent)
        }
        let isMatch = previous?.word == "MATCH_RECOGNIZE"
        put(open, isFirst: isFirst, indent: indent + 2)
        if inner.isEmpty { return put(close, isFirst: false, indent: indent) }
        newLine(indent + 2)
        if isMatch {
            for (index, clause) in Clauses.splitMatch(inner).enumerated() {
                if index > 0 { newLine(indent + 2) }
                writeComments(clause[0].first, indent: indent + 2)
                writeClause(clause, indent: indent + 2)
            }
        } else if Clauses.hasClauses(inner) {
            if let first = inner.first { writeComments(first.first, indent: indent + 2) }
            write(inner, indent: indent + 2)
        } else {
            writeList(
                open.word == "CASE" ? Clauses.branches(inner) : Clauses.items(inner),
                indent: indent + 2)
        }
        if !close.comments.isEmpty {
            newLine(indent + 2)
            writeComments(close, indent: indent + 2)
        }
        newLine(indent)
        put(close, isFirst: true, indent: indent)
    }

    /// An item on each line; the types of columns stand below each other.
    private mutating func writeList(_ items: [[TokenNode]], indent: Int) {
        let names = items.filter { isTable && Clauses.isColumn($0) }.map { $0[0].first.text.count }
        let nameWidth = names.count > 1 ? names.max() ?? 0 : 0
        for (index, item) in items.enumerated() {
            guard let first = item.first?.first else { continue }
            if index > 0 {
                newLine(indent)
                if first.hasBlankLine {
                    endLine()
                    output += "\n"
                    newLine(indent)
                }
            }
            writeComments(first, indent: indent)
            var rest = item[...]
            if nameWidth <= Self.maximumNameWidth, isTable, Clauses.isColumn(item) {
                put(first, isFirst: true, indent: indent)
                let blanks = max(0, nameWidth - first.text.count)
                output += String(repeating: " ", count: blanks)
                column += blanks
                rest = item.dropFirst()
            }
            writeSequence(Array(rest), indent: indent)
        }
    }

    /// Longer names would push the types of all columns away.
    private static let maximumNameWidth = 24
}
