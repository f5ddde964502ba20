// Calls with OVER.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ExpressionBinder {
    mutating func bindOver(
        _ call: FunctionCallSyntax, _ over: FunctionCallSyntax.Over, _ span: Span
    ) -> BoundExpression? {
        guard overs != nil else {
            return fail("misplaced-over", "OVER cannot be used in \(place)", span)
        }
        guard let window = specification(over) else { return nil }
        let outer = (aggregates, overs)
        overs = nil
        let arguments = call.arguments.map { bind($0.value) }
        let partition = window.partitionBy.map { bind($0) }
        let order = window.orderBy.map { item in
            bind(item.expression).map {
                SortKey(
                    expression: $0, isDescending: item.isDescending,
                    nullsFirst: item.nullsFirst ?? !item.isDescending)
            }
        }
        overs = outer.1
        let bound = arguments.compactMap { $0 }
        let keys = partition.compactMap { $0 }
        let sorted = order.compactMap { $0 }
        guard bound.count == arguments.count, keys.count == partition.count,
            sorted.count == order.count, let frame = frame(window.frame, sorted)
        else { return nil }
        let name = call.name.name.uppercased()
        guard let type = overType(name, bound, call, span) else { return nil }
        if sorted.isEmpty {
            return fail(
                "no-order", "OVER needs ORDER BY", span,
                hint: "a stream has no order but that of a time: OVER (PARTITION BY … ORDER BY ts)")
        }
        let item = OverCall(
            function: name, arguments: bound, partitionBy: keys, orderBy: sorted, frame: frame,
            isDistinct: call.isDistinct, type: type, span: span)
        // Equal calls are computed once.
        let known = overs ?? []
        let index = known.firstIndex(of: item) ?? known.count
        if index == known.count { overs = known + [item] }
        return BoundExpression(.over(index), type, span)
    }

    /// The window by name or as written; a named one may be extended.
    private mutating func specification(
        _ over: FunctionCallSyntax.Over
    ) -> WindowSpecification? {
        switch over {
        case .named(let name):
            if let window = windows[name.key] { return window }
            diagnostics.append(
                .misspelt(
                    "unknown-window", "there is no window '\(name.name)'", at: name.span, name.name,
                    among: windows.keys.sorted()))
            return nil
        case .specification(let written):
            guard let base = written.base else { return written }
            guard let window = specification(.named(base)) else { return nil }
            return WindowSpecification(
                base: nil, partitionBy: window.partitionBy + written.partitionBy,
                orderBy: written.orderBy.isEmpty ? window.orderBy : written.orderBy,
                frame: written.frame ?? window.frame, span: written.span)
        }
    }

    /// What a window function gives.
    private mutating func overType(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCallSyntax, _ span: Span
    ) -> DataType? {
        switch name {
        case "ROW_NUMBER", "RANK", "DENSE_RANK":
            if arguments.isEmpty { return DataType(.bigint, nullable: false) }
            _ = fail("bad-arguments", "\(name) takes no arguments", span)
        case "NTILE": return DataType(.bigint, nullable: false)
        case "PERCENT_RANK", "CUME_DIST": return DataType(.double, nullable: false)
        case "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE":
            if let first = arguments.first, arguments.count == 3,
                arguments[2].type.kind != first.type.kind
            {
                _ = fail(
                    "type-mismatch",
                    "the default of \(name) is \(arguments[2].type.kind), its value \(first.type.kind)",
                    arguments[2].span, hint: "CAST the default to \(first.type.kind)")
                return nil
            }
            if let first = arguments.first { return first.type.nullable(true) }
            _ = fail("bad-arguments", "\(name) takes a value", span)
        default:
            guard let function = FunctionRegistry.aggregate(named: name), !function.isInternal
            else {
                _ = fail("unknown-function", "there is no window function \(name)", call.name.span)
                return nil
            }
            if call.isStar { return DataType(.bigint, nullable: false) }
            if arguments.count == 1, let type = function.resolve(arguments[0].type) { return type }
            _ = fail(
                "bad-arguments", "\(name) does not take these arguments", span,
                hint: "usage: \(function.usage)")
        }
        return nil
    }

    private mutating func frame(_ frame: WindowFrame?, _ order: [SortKey]) -> OverFrame? {
        guard let frame else { return .unbounded(isRows: false) }
        guard case .currentRow = frame.end else {
            _ = fail(
                "bad-frame", "the frame of a stream ends at CURRENT ROW", frame.span,
                hint: "what comes later is not known yet")
            return nil
        }
        switch frame.start {
        case .unboundedPreceding: return .unbounded(isRows: frame.isRows)
        case .currentRow: return frame.isRows ? .rows(0) : .range(0)
        case .preceding(let written):
            guard let amount = bind(written) else { return nil }
            if frame.isRows, case .literal(.int64(let rows)) = amount.node, rows >= 0 {
                return .rows(rows)
            }
            if !frame.isRows, amount.type.kind == .intervalTime,
                case .literal(.int64(let micros)) = amount.node
            {
                return .range(micros)
            }
            _ = fail(
                "bad-frame",
                frame.isRows ? "ROWS takes a number of rows" : "RANGE takes an interval",
                written.span)
            return nil
        case .following, .unboundedFollowing:
            _ = fail("bad-frame", "the frame of a stream starts before the row", frame.span)
            return nil
        }
    }
}
