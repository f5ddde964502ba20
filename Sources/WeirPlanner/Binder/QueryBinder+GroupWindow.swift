// Windows in GROUP BY (Flink: queries/window-agg.md, group window aggregation): the older spelling
// of window table functions.

import WeirColumnar
import WeirSQL

/// `TUMBLE(time, size)`, `HOP(time, slide, size)` or `SESSION(time, gap)` in GROUP BY.
struct GroupWindow {
    /// What `TUMBLE_START(…)` and the like show of it.
    enum Part: String, CaseIterable {
        case start = "START"
        case end = "END"
        case rowtime = "ROWTIME"
        case proctime = "PROCTIME"

        /// By the name of the function; nil for other functions.
        init?(_ name: String) {
            let words = name.split(separator: "_")
            guard words.count == 2, GroupWindow.names.contains(String(words[0])),
                let part = Part(rawValue: String(words[1]))
            else { return nil }
            self = part
        }
    }

    fileprivate static let names: Set<String> = ["TUMBLE", "HOP", "SESSION"]

    let function: WindowFunction
    let call: FunctionCallSyntax
    let span: Span

    /// Nil when the expression is something else.
    init?(_ expression: Expression) {
        guard case .call(let call) = expression.kind, call.over == nil else { return nil }
        let name = call.name.name.uppercased()
        guard Self.names.contains(name), let function = WindowFunction(rawValue: name) else {
            return nil
        }
        self.function = function
        self.call = call
        span = expression.span
    }
}

extension ScriptBinder {
    /// Opens the window that GROUP BY asks for; the same plan when it asks for none.
    mutating func bindGroupWindow(
        _ select: SelectQuery, _ input: LogicalPlan, _ scope: Scope
    ) -> (plan: LogicalPlan, scope: Scope)? {
        var found: [GroupWindow] = []
        var others: [Expression] = []
        for element in select.groupBy {
            guard case .expression(let written) = element else { continue }
            if let window = GroupWindow(written) {
                found.append(window)
            } else {
                others.append(written)
            }
        }
        guard let window = found.first else { return (input, scope) }
        if found.count > 1 {
            diagnostics.append(
                .error("bad-window", "a query groups by one window", at: found[1].span))
            return nil
        }
        guard let plan = open(window, input, scope, others) else { return nil }
        let added = Array(plan.columns.dropFirst(input.columns.count))
        var both = scope.joined(
            Scope(columns: added, qualifier: nil), columns: plan.columns,
            merged: Set(added.indices))
        both.groupWindow = (window, input.columns.count)
        return (plan, both)
    }

    private mutating func open(
        _ window: GroupWindow, _ input: LogicalPlan, _ scope: Scope, _ others: [Expression]
    ) -> LogicalPlan? {
        let arguments = window.call.arguments.map(\.value)
        let function = window.function
        guard let first = arguments.first, case .column(let path) = first.kind,
            let name = path.last, arguments.count > function.required,
            arguments.count <= function.parameters.count + 1
        else {
            diagnostics.append(
                .error(
                    "bad-window", "\(function.rawValue) is called in another way", at: window.span,
                    hint: "in GROUP BY: \(function.rawValue)(time, "
                        + "\(function.parameters.joined(separator: ", ").lowercased()))"))
            return nil
        }
        guard let time = scope.resolve(path, &diagnostics) else { return nil }
        return self.window(
            function, input, time: (time, name), Array(arguments.dropFirst()), window.span
        ) { binder in
            function == .session ? binder.sessionKeys(others, scope) : []
        }
    }

    /// Sessions are told apart by what else the query groups by.
    private mutating func sessionKeys(_ others: [Expression], _ scope: Scope) -> [Int]? {
        var keys: [Int] = []
        for key in others {
            guard case .column(let path) = key.kind else {
                refuse(
                    "an expression in GROUP BY beside SESSION", key.span,
                    hint: "compute it in a query in FROM")
                return nil
            }
            guard let column = scope.resolve(path, &diagnostics) else { return nil }
            keys.append(column)
        }
        return keys
    }
}

extension ExpressionBinder {
    /// `TUMBLE_START(time, size)`: the bound of the window that the query groups by.
    mutating func bindWindowPart(
        _ part: GroupWindow.Part, _ call: FunctionCallSyntax, _ span: Span
    ) -> BoundExpression? {
        let name = call.name.name.uppercased()
        let function = String(name.prefix { $0 != "_" })
        guard let window = scope.groupWindow, window.call.function.rawValue == function,
            window.call.call.isCalled(like: call)
        else {
            return fail(
                "bad-window", "the query does not group by this window", span,
                hint: "GROUP BY \(function)(…) with the same arguments")
        }
        let offset: Int
        switch part {
        case .start: offset = 0
        case .end: offset = 1
        case .rowtime: offset = 2
        case .proctime:
            return fail("unsupported", "\(name) is not supported: windows are of event time", span)
        }
        let index = window.column + offset
        return BoundExpression(.column(index), scope.columns[index].type, span)
    }
}

extension FunctionCallSyntax {
    /// Whether the arguments are written alike.
    fileprivate func isCalled(like other: FunctionCallSyntax) -> Bool {
        func texts(_ call: FunctionCallSyntax) -> [String] {
            call.arguments.map { argument in
                // `t.ts` and `ts` are the same column.
                if case .column(let path) = argument.value.kind { return path.last?.key ?? "" }
                return SQLPrinter.print(argument.value)
            }
        }
        return texts(self) == texts(other)
    }
}
