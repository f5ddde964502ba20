// Window table functions (Flink: queries/window-tvf.md).

import WeirColumnar
import WeirSQL

/// The window functions, and what their intervals are called.
enum WindowFunction: String, CaseIterable {
    case tumble = "TUMBLE"
    case hop = "HOP"
    case cumulate = "CUMULATE"
    case session = "SESSION"

    /// Names of the intervals in the order of their positions; the last of them may be left out.
    var parameters: [String] {
        switch self {
        case .tumble: ["SIZE", "OFFSET"]
        case .hop: ["SLIDE", "SIZE", "OFFSET"]
        case .cumulate: ["STEP", "SIZE", "OFFSET"]
        case .session: ["GAP"]
        }
    }

    var required: Int { self == .tumble || self == .session ? 1 : 2 }

    var usage: String {
        switch self {
        case .tumble: "TUMBLE(TABLE t, DESCRIPTOR(time), size [, offset])"
        case .hop: "HOP(TABLE t, DESCRIPTOR(time), slide, size [, offset])"
        case .cumulate: "CUMULATE(TABLE t, DESCRIPTOR(time), step, size [, offset])"
        case .session: "SESSION(TABLE t [PARTITION BY key], DESCRIPTOR(time), gap)"
        }
    }
}

extension ScriptBinder {
    mutating func bindWindow(_ function: WindowFunction, _ call: TableCall) -> LogicalPlan? {
        guard let written = WindowArguments(function, call, &diagnostics),
            let (input, scope) = bindFrom(written.table),
            let time = scope.resolve([written.timeColumn], &diagnostics)
        else { return nil }
        return window(
            function, input, time: (time, written.timeColumn), written.sizes, call.span
        ) { binder in binder.bindPartition(written.partitionBy, scope, function, call) }
    }

    /// A window over a table.
    ///
    /// - Parameters:
    ///   - time: the column, and where it is written.
    ///   - sizes: in the order of the function's parameters.
    ///   - partition: finds the columns that sessions are told apart by.
    mutating func window(
        _ function: WindowFunction, _ input: LogicalPlan, time: (index: Int, name: Identifier),
        _ sizes: [Expression], _ span: Span, partition: (inout ScriptBinder) -> [Int]?
    ) -> LogicalPlan? {
        let relation = input.relation
        let isByArrival = relation.proctimes.contains(time.index)
        guard isByArrival || relation.rowtime == time.index else {
            reportTime(time.name, relation, input)
            return nil
        }
        guard relation.mode == .append else {
            refuse("a window over an updating table", span.clipped)
            return nil
        }
        var values: [Int64] = []
        for (index, size) in sizes.enumerated() {
            let isOffset = function.parameters[index] == "OFFSET"
            guard let value = interval(size, function, isOffset: isOffset) else { return nil }
            values.append(value)
        }
        guard let keys = partition(&self), let shape = shape(function, values, keys, span) else {
            return nil
        }
        let isInstant = relation.columns[time.index].type.kind.isInstant
        return LogicalPlan(
            .window(
                input,
                LogicalWindow(
                    shape: shape, time: time.index, timeSpan: time.name.span,
                    zone: isInstant ? zone : nil, isByArrival: isByArrival)),
            input.columns + Self.windowFields(relation.columns[time.index].type.kind), span)
    }

    private static func windowFields(_ kind: DataType.Kind) -> [Field] {
        let bound = DataType(.timestamp(3), nullable: false)
        let time: DataType.Kind =
            if case .timestampLTZ = kind { .timestampLTZ(3) } else {
                .timestamp(3)
            }
        return [
            Field("window_start", bound), Field("window_end", bound),
            Field("window_time", DataType(time, nullable: false)),
        ]
    }

    private mutating func reportTime(
        _ column: Identifier, _ relation: Relation, _ input: LogicalPlan
    ) {
        let other = relation.rowtime.map { relation.columns[$0].name }
        diagnostics.append(
            .error(
                "not-event-time", "'\(column.name)' is not the event time of this table",
                at: column.span,
                hint: other.map { "the event time is \($0)" }
                    ?? "declare WATERMARK FOR \(column.name) AS … at the source and"
                    + " keep the column in the definitions between", note: lostTimeNote(input)))
    }

    private mutating func bindPartition(
        _ written: [Expression], _ scope: Scope, _ function: WindowFunction, _ call: TableCall
    ) -> [Int]? {
        var columns: [Int] = []
        for key in written {
            guard case .column(let path) = key.kind,
                let column = scope.resolve(path, &diagnostics)
            else {
                diagnostics.append(
                    .error("bad-window", "PARTITION BY takes columns here", at: key.span))
                return nil
            }
            columns.append(column)
        }
        if function != .session, let first = written.first {
            diagnostics.append(
                .error(
                    "bad-window", "only SESSION takes PARTITION BY", at: first.span,
                    hint: "group by the column instead"))
            return nil
        }
        return columns
    }

    /// Most windows that a row may be in: each of them is a row of the result.
    private static let mostWindows: Int64 = 100_000

    private mutating func shape(
        _ function: WindowFunction, _ sizes: [Int64], _ partition: [Int], _ span: Span
    ) -> LogicalWindow.Shape? {
        let offset = sizes.count > function.required ? sizes[function.required] : 0
        if function == .hop || function == .cumulate, sizes[1] / sizes[0] > Self.mostWindows {
            diagnostics.append(
                .error(
                    "bad-window",
                    "each row would be in \(sizes[1] / sizes[0]) windows, more than"
                        + " \(Self.mostWindows)", at: span.clipped,
                    hint: "make the \(function.parameters[0].lowercased()) larger"))
            return nil
        }
        switch function {
        case .tumble: return .tumble(size: sizes[0], offset: offset)
        case .hop: return .hop(slide: sizes[0], size: sizes[1], offset: offset)
        case .session: return .session(gap: sizes[0], partitionBy: partition)
        case .cumulate:
            guard sizes[1] % sizes[0] == 0 else {
                diagnostics.append(
                    .error(
                        "bad-window", "the size of CUMULATE is a multiple of its step",
                        at: span))
                return nil
            }
            return .cumulate(step: sizes[0], size: sizes[1], offset: offset)
        }
    }

    /// A constant interval in microseconds.
    private mutating func interval(
        _ expression: Expression, _ function: WindowFunction, isOffset: Bool
    ) -> Int64? {
        var binder = expressionBinder(
            Scope(columns: [], qualifier: nil), place: function.rawValue)
        let bound = binder.bind(expression)
        diagnostics += binder.diagnostics
        if let bound, bound.type.kind == .intervalTime,
            case .literal(.int64(let value)) = bound.node, isOffset || value >= 1000
        {
            return value
        }
        if binder.diagnostics.isEmpty {
            diagnostics.append(
                .error(
                    "bad-window",
                    bound?.type.kind == .intervalMonths
                        ? "months differ in length: \(function.rawValue) takes days, hours, minutes"
                            + " or seconds"
                        : "\(function.rawValue) takes constant intervals of at least a millisecond",
                    at: expression.span, hint: "write INTERVAL '1' HOUR"))
        }
        return nil
    }
}

/// The arguments of a window function by their meaning, from positions or names.
private struct WindowArguments {
    let table: TableReference
    let timeColumn: Identifier
    let partitionBy: [Expression]
    /// In the order of the function's parameters.
    let sizes: [Expression]

    init?(_ function: WindowFunction, _ call: TableCall, _ diagnostics: inout [Diagnostic]) {
        var table: TableReference?
        var time: Identifier?
        var partition: [Expression] = []
        var sizes: [Int: Expression] = [:]
        var next = 0
        for argument in call.arguments {
            switch argument.value {
            case .table(let reference, let partitionBy, _):
                table = reference
                partition = partitionBy
            case .descriptor(let columns): time = columns.first
            case .expression(let size):
                let names = function.parameters
                guard let name = argument.name else {
                    sizes[next] = size
                    next += 1
                    continue
                }
                guard let index = names.firstIndex(of: name.name.uppercased()) else {
                    diagnostics.append(
                        .error(
                            "bad-window", "\(function.rawValue) has no argument '\(name.name)'",
                            at: name.span, hint: "usage: \(function.usage)"))
                    return nil
                }
                sizes[index] = size
            }
        }
        let isComplete = (0..<sizes.count).allSatisfy { sizes[$0] != nil }
        guard let table, let time, isComplete, sizes.count >= function.required,
            sizes.count <= function.parameters.count
        else {
            diagnostics.append(
                .error(
                    "bad-window", "\(function.rawValue) is called in another way", at: call.span,
                    hint: "usage: \(function.usage)"))
            return nil
        }
        self.table = table
        timeColumn = time
        partitionBy = partition
        self.sizes = (0..<sizes.count).compactMap { sizes[$0] }
    }
}
