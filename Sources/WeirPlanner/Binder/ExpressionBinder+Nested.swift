// Columns, fields of rows, elements of arrays and maps, and what makes them.

import WeirColumnar
import WeirSQL

extension ExpressionBinder {
    mutating func bindColumn(_ path: [Identifier], _ span: Span) -> BoundExpression? {
        if let first = path.first, first.key == "this", path.count > 1,
            scope.index(of: first.name) == nil
        {
            return bindThis(path, span)
        }
        if match != nil { return bindMatchColumn(path, span) }
        guard let found = find(path) else { return nil }
        let match = found.match
        let type = (found.isOuter ? scope.outer[0] : scope).columns[match.column].type
        var result = BoundExpression(
            found.isOuter ? .outer(match.column) : .column(match.column), type, span)
        for name in match.fields {
            guard let field = access(result, name, span) else { return nil }
            result = field
        }
        return result
    }

    /// A column of the query at hand, else one of the query around it.
    private mutating func find(_ path: [Identifier]) -> (match: Scope.Match, isOuter: Bool)? {
        var problems: [Diagnostic] = []
        let match = scope.match(path, &problems)
        var ignored: [Diagnostic] = []
        if let match {
            // `t.a` is a field of the column `t` only if that is a row; a table around may be meant.
            let isRow =
                if case .row = scope.columns[match.column].type.kind { true } else { false }
            if isRow || match.fields.isEmpty { return (match, false) }
            let around = scope.outer.first?.match(path, &ignored)
            return (around ?? match, around != nil)
        }
        guard problems.first?.code != "ambiguous-column", let outer = scope.outer.first else {
            diagnostics += problems
            return nil
        }
        if let match = outer.match(path, &ignored) { return (match, true) }
        var further: [Diagnostic] = []
        if let first = path.first, outer.outer.first?.match(path, &further) != nil {
            diagnostics.append(
                .error(
                    "unsupported", "a column of a query two levels out is not supported yet",
                    at: first.span, hint: "join with the table in between"))
            return nil
        }
        // A table of the query around has no such column.
        let isOuter = path.count > 1 && ignored.first?.code == "unknown-column"
        diagnostics += isOuter ? ignored : problems
        return nil
    }

    /// `this.column`: of the row that a relationship starts from.
    private mutating func bindThis(_ path: [Identifier], _ span: Span) -> BoundExpression? {
        guard let columns = scope.thisColumns else {
            return fail(
                "misplaced-this", "'this' belongs to a relationship", path[0].span,
                hint: "write Table.name := SELECT … WHERE column = this.column")
        }
        let name = path[1]
        guard let field = columns.first(where: { $0.name.lowercased() == name.key }) else {
            diagnostics.append(
                .misspelt(
                    "unknown-column", "'this' has no column '\(name.name)'", at: name.span,
                    name.name, among: columns.map(\.name)))
            return nil
        }
        var result = BoundExpression(
            .parameter("this.\(field.name.lowercased())"), field.type, span)
        for part in path.dropFirst(2) {
            guard let inner = access(result, part, span) else { return nil }
            result = inner
        }
        return result
    }

    mutating func bindParameter(_ name: Identifier, _ span: Span) -> BoundExpression? {
        if let type = scope.parameters[name.key] {
            return BoundExpression(.parameter(name.key), type, span)
        }
        let suggestion = nearestName(to: name.name, among: Array(scope.parameters.keys))
        return fail(
            "unknown-argument", "there is no argument '\(name.name)'", span,
            hint: suggestion.map { "did you mean :\($0)?" }
                ?? "arguments are declared in front: Name(\(name.name) STRING) := …")
    }

    /// A field of a ROW by its name.
    mutating func access(
        _ operand: BoundExpression, _ name: Identifier, _ span: Span
    ) -> BoundExpression? {
        guard case .row(let fields) = operand.type.kind else {
            return fail(
                "not-a-row", "\(operand.type.kind) has no field '\(name.name)'", name.span)
        }
        let exact = fields.firstIndex { $0.name == name.name }
        guard let index = exact ?? fields.firstIndex(where: { $0.name.lowercased() == name.key })
        else {
            diagnostics.append(
                .misspelt(
                    "unknown-field", "there is no field '\(name.name)'", at: name.span, name.name,
                    among: fields.map(\.name),
                    otherwise: "fields here: \(fields.map(\.name).joined(separator: ", "))"))
            return nil
        }
        let type = fields[index].type
        return BoundExpression(
            .field(operand, index),
            type.nullable(type.isNullable || operand.type.isNullable), span)
    }

    mutating func bindElement(
        _ operand: Expression, _ index: Expression, _ span: Span
    ) -> BoundExpression? {
        guard let container = bind(operand), let key = bind(index) else { return nil }
        switch container.type.kind {
        case .array(let element):
            guard key.type.kind.isInteger else {
                return fail(
                    "bad-index",
                    "an array is indexed by a number from 1, this is"
                        + " \(key.type.kind)", index.span)
            }
            return BoundExpression(.element(container, key), element.nullable(true), span)
        case .map(let keyType, let value):
            let coerced = coerce(key, to: keyType.kind)
            return BoundExpression(.element(container, coerced), value.nullable(true), span)
        default:
            return fail(
                "not-a-collection",
                "[ ] takes an element of an ARRAY or a MAP, this is"
                    + " \(container.type.kind)", operand.span)
        }
    }

    // MARK: Constructors

    mutating func bindArray(_ items: [Expression], _ span: Span) -> BoundExpression? {
        guard let (values, type) = bindAlike(items, span, "ARRAY") else { return nil }
        return BoundExpression(.construct(values), DataType(.array(type), nullable: false), span)
    }

    mutating func bindMap(
        _ entries: [(key: Expression, value: Expression)], _ span: Span
    ) -> BoundExpression? {
        guard let (keys, keyType) = bindAlike(entries.map(\.key), span, "MAP"),
            let (values, valueType) = bindAlike(entries.map(\.value), span, "MAP")
        else { return nil }
        let items = zip(keys, values).flatMap { [$0, $1] }
        return BoundExpression(
            .construct(items), DataType(.map(keyType, valueType), nullable: false), span)
    }

    mutating func bindRow(_ items: [Expression], _ span: Span) -> BoundExpression? {
        let bound = items.map { bind($0) }
        let values = bound.compactMap { $0 }
        guard values.count == bound.count else { return nil }
        let fields = values.enumerated().map { Field("EXPR$\($0)", $1.type) }
        return BoundExpression(.construct(values), DataType(.row(fields), nullable: false), span)
    }

    /// Values brought to one type.
    private mutating func bindAlike(
        _ items: [Expression], _ span: Span, _ what: String
    ) -> (values: [BoundExpression], type: DataType)? {
        let bound = items.map { bind($0) }
        let values = bound.compactMap { $0 }
        guard values.count == bound.count else { return nil }
        guard !values.isEmpty else { return ([], DataType(.null)) }
        guard let common = commonType(values) else {
            _ = fail("type-mismatch", "the values of \(what) have no common type", span)
            return nil
        }
        let isNullable = values.contains { $0.type.isNullable }
        return (values.map { coerce($0, to: common.kind) }, common.nullable(isNullable))
    }
}
