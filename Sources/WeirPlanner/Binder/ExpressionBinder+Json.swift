// SQL's JSON functions: their clauses become arguments.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ExpressionBinder {
    /// A call of a JSON function; nil when the name is none of them or the call is plain.
    mutating func bindJson(_ call: FunctionCallSyntax, _ span: Span) -> (BoundExpression?, Void)? {
        let arguments = call.arguments.map(\.value)
        switch call.name.name.uppercased() {
        case "JSON_VALUE" where arguments.count == 2:
            return (bindJsonValue(call, arguments, span), ())
        case "JSON_QUERY" where arguments.count == 2:
            let words = [
                call.json.wrapper ?? "", word(call.json.onEmpty), word(call.json.onError),
            ]
            return (
                bindFunction(
                    "JSON_QUERY", arguments.map { bind($0) } + words.map { text($0, span) }, span),
                ()
            )
        case "JSON_EXISTS" where arguments.count == 2 && call.json.onError != nil:
            let mode = text(word(call.json.onError), span)
            return (
                bindFunction("JSON_EXISTS", arguments.map { bind($0) } + [mode], span), ()
            )
        case "JSON_OBJECT" where arguments.count % 2 == 0:
            return (
                bindConstructor(
                    call, arguments, isAbsentByDefault: false, values: { $0 % 2 == 1 }, span), ()
            )
        case "JSON_ARRAY":
            return (
                bindConstructor(
                    call, arguments, isAbsentByDefault: true, values: { _ in true }, span), ()
            )
        default: return nil
        }
    }

    private mutating func bindJsonValue(
        _ call: FunctionCallSyntax, _ arguments: [Expression], _ span: Span
    ) -> BoundExpression? {
        var type = "STRING"
        if let returning = call.json.returning {
            guard let bound = TypeBinder.bind(returning, &diagnostics) else { return nil }
            type = bound.kind.isString ? "STRING" : "\(bound.kind)"
            guard ["STRING", "BOOLEAN", "INT", "BIGINT", "DOUBLE"].contains(type) else {
                return fail(
                    "bad-arguments", "JSON_VALUE does not return \(bound.kind)", returning.span,
                    hint: "RETURNING takes STRING, BOOLEAN, INTEGER or DOUBLE; CAST the result")
            }
        }
        let operands =
            arguments.map { bind($0) } + [
                text(word(call.json.onEmpty), span), fallback(call.json.onEmpty, span),
                text(word(call.json.onError), span), fallback(call.json.onError, span),
                text(type, span),
            ]
        return bindFunction("JSON_VALUE", operands, span)
    }

    /// The value of DEFAULT as text.
    private mutating func fallback(
        _ behaviour: JsonClauses.Behaviour?, _ span: Span
    ) -> BoundExpression? {
        guard case .defaultValue(let expression)? = behaviour else { return text("", span) }
        return bind(expression).map { coerce($0, to: .varchar(.max)) }
    }

    private mutating func bindConstructor(
        _ call: FunctionCallSyntax, _ arguments: [Expression], isAbsentByDefault: Bool,
        values: (Int) -> Bool, _ span: Span
    ) -> BoundExpression? {
        let bound = arguments.map { bind($0) }
        let known = bound.compactMap { $0 }
        guard known.count == bound.count else { return nil }
        let isAbsent = call.json.isAbsentOnNull ?? isAbsentByDefault
        var words = [isAbsent ? "ABSENT" : "NULL"]
        var position = 0
        for (index, value) in known.enumerated() where values(index) {
            if isJson(value) { words.append(String(position)) }
            if value.type.kind == .date || value.type.kind.isInterval {
                return fail(
                    "bad-arguments", "\(value.type.kind) has no form in JSON", value.span,
                    hint: "CAST it to STRING")
            }
            position += 1
        }
        return bindFunction(
            call.name.name, [text(words.joined(separator: " "), span)] + known, span)
    }

    /// Whether a value is JSON text made by one of these functions, to be taken as it is.
    private func isJson(_ value: BoundExpression) -> Bool {
        guard case .call(let name, _) = value.node else { return false }
        return ["JSON_OBJECT", "JSON_ARRAY", "JSON_QUERY"].contains(name)
    }

    func text(_ text: String, _ span: Span) -> BoundExpression {
        BoundExpression(
            .literal(.string(text)), DataType(.varchar(.max), nullable: false), span)
    }

    private func word(_ behaviour: JsonClauses.Behaviour?) -> String {
        switch behaviour {
        case nil, .null: "NULL"
        case .error: "ERROR"
        case .emptyArray: "EMPTY ARRAY"
        case .emptyObject: "EMPTY OBJECT"
        case .value(let value): value ? "TRUE" : "FALSE"
        case .unknown: "UNKNOWN"
        case .defaultValue: "DEFAULT"
        }
    }
}
