// Expressions that the store hands back to Weir: `weir('types', 'expression', values…)`.

package import WeirColumnar
import WeirSQL

/// An expression in the text of a store query, over values that stand behind it.
package struct StoredExpression: Sendable {
    /// Over columns in the order of the values.
    package let expression: BoundExpression
    package let inputs: [Field]

    /// Reads what `text(of:)` wrote.
    ///
    /// - Parameters:
    ///   - inputs: names and types with commas between, e.g. `` name STRING, n BIGINT ``.
    ///   - text: SQL over these names.
    /// - Throws: `FileProblem` when it is not one that was written.
    package init(inputs: String, text: String) throws(FileProblem) {
        var diagnostics: [Diagnostic] = []
        self.inputs = try Self.fields(inputs)
        let parsed = Parser.parseExpression(SourceText(name: "expression", text))
        diagnostics += parsed.diagnostics
        var binder = ExpressionBinder(
            scope: Scope(columns: self.inputs, qualifier: nil), allowsAggregates: false,
            place: "a store query")
        // Constants are written as casts of texts; functions look at them as constants.
        binder.foldsCasts = true
        let bound = parsed.expression.flatMap { binder.bind($0) }
        diagnostics += binder.diagnostics
        guard let bound, !diagnostics.hasErrors else {
            throw FileProblem(
                "cannot read the expression \(text): \(diagnostics.first?.message ?? "")")
        }
        expression = bound
    }

    /// The type of a single value, as in `weir_aggregate('SUM', 'BIGINT', x)`.
    package static func type(_ text: String) throws(FileProblem) -> DataType.Kind {
        let field = try fields("value \(text)")
        return field[0].type.kind
    }

    private static func fields(_ text: String) throws(FileProblem) -> [Field] {
        if text.isEmpty { return [] }
        let cast = Parser.parseExpression(
            SourceText(name: "types", "CAST(NULL AS ROW<\(text)>)"))
        var diagnostics = cast.diagnostics
        guard case .cast(_, let name, _)? = cast.expression?.kind,
            let type = TypeBinder.bind(name, &diagnostics), case .row(let fields) = type.kind
        else { throw FileProblem("cannot read the types \(text)") }
        return fields
    }

    /// An expression as text over its leaves: columns, arguments, fields and elements.
    package static func text(
        of expression: BoundExpression, names: (BoundExpression) -> String = { _ in "value" }
    ) -> (inputs: String, text: String, leaves: [BoundExpression]) {
        var leaves: [BoundExpression] = []
        var labels: [String] = []
        func number(_ leaf: BoundExpression) -> Int {
            if let found = leaves.firstIndex(of: leaf) { return found }
            var label = names(leaf)
            var suffix = 2
            while labels.contains(where: { $0.lowercased() == label.lowercased() }) {
                label = "\(names(leaf))_\(suffix)"
                suffix += 1
            }
            leaves.append(leaf)
            labels.append(label)
            return leaves.count - 1
        }
        func replaced(_ part: BoundExpression) -> BoundExpression {
            guard !part.isStoreLeaf else {
                return BoundExpression(.column(number(part)), part.type, part.span)
            }
            return part.mapChildren(replaced)
        }
        let body = replaced(expression)
        let quoted = labels.map(Identifier.quoted)
        let inputs = zip(quoted, leaves).map { "\($0) \(Self.storedType($1.type.kind))" }
        return (inputs.joined(separator: ", "), ExpressionSQL.text(body, quoted), leaves)
    }

    /// Types without a spelling of their own in a column are texts.
    private static func storedType(_ kind: DataType.Kind) -> String {
        switch kind {
        case .null: "STRING"
        case .intervalMonths, .intervalTime: "BIGINT"
        default: "\(kind)"
        }
    }
}

extension BoundExpression {
    /// What the store computes by itself, below an expression that Weir computes.
    var isStoreLeaf: Bool {
        switch node {
        case .column, .parameter: true
        case .field(let operand, _): operand.isStoreLeaf && !type.kind.isDecimal
        case .element(let operand, let key):
            operand.isStoreLeaf && !type.kind.isDecimal && JsonAccess.canReach(key)
        default: false
        }
    }
}
