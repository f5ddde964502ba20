// Windows by the clocks of the session (Flink: windows over TIMESTAMP_LTZ in table.local-time-zone).
//
// Such a window works on what the clocks show, and so does its watermark: a stage in front puts
// watermarks by the clocks, one behind puts them back.

import WeirColumnar
import WeirFunctions
import WeirSQL

enum ZonedTime {
    /// The time of a window over its input: what the clocks show if it has a zone.
    static func of(_ window: LogicalWindow, _ input: LogicalPlan) -> BoundExpression {
        let time = BoundExpression(
            .column(window.time), input.columns[window.time].type, window.timeSpan)
        guard let zone = window.zone, case .timestampLTZ(let precision) = time.type.kind else {
            return time
        }
        return call("WEIR_LOCAL", time, .timestamp(precision), zone)
    }

    /// The instant at which the clocks of a zone show a time; the time itself without a zone.
    static func instant(_ time: BoundExpression, _ zone: SessionZone?) -> BoundExpression {
        guard let zone, case .timestamp(let precision) = time.type.kind else { return time }
        return call("WEIR_INSTANT", time, .timestampLTZ(precision), zone)
    }

    private static func call(
        _ function: String, _ time: BoundExpression, _ kind: DataType.Kind, _ zone: SessionZone
    ) -> BoundExpression {
        let name = BoundExpression(
            .literal(.bytes(Array(zone.name.utf8))), DataType(.varchar(.max), nullable: false),
            time.span)
        return BoundExpression(
            .call(function, [time, name]), DataType(kind, nullable: time.type.isNullable),
            time.span)
    }
}

extension StreamPlanner {
    /// Adds a stage that closes windows, between two that shift its watermarks if it has a zone.
    ///
    /// - Parameter instants: columns with times of the clocks that are instants outside.
    mutating func addByClock(
        _ zone: SessionZone?, _ name: String, _ node: StreamNode, inputs: [Int],
        relation: Relation, span: Span, instants: [Int] = []
    ) -> Int {
        guard let zone else {
            return graph.add(name, node, inputs: inputs, relation: relation, span: span)
        }
        let shifted = inputs.map { input in
            graph.add(
                "\(name).clock", .zoneShift(ZoneShiftPlan(zone: zone, toClock: true, instants: [])),
                inputs: [input], relation: graph.stages[input].relation, span: span)
        }
        let stage = graph.add(name, node, inputs: shifted, relation: relation, span: span)
        return graph.add(
            "\(name).utc",
            .zoneShift(
                ZoneShiftPlan(
                    zone: zone, toClock: false,
                    instants: instants.filter { relation.columns[$0].type.kind.isInstant })),
            inputs: [stage], relation: relation, span: span)
    }

    /// Puts the time at which rows come into a column.
    mutating func stamp(
        _ column: BoundExpression, of stage: Int, _ zone: SessionZone?, _ name: String
    ) -> Int {
        guard case .column(let index) = column.node else { return stage }
        return graph.add(
            "\(name).now", .stamp(StampPlan(column: index, zone: zone)), inputs: [stage],
            relation: graph.stages[stage].relation, span: column.span)
    }

    /// Makes columns with times of the clocks of a zone instants; without a zone nothing is done.
    mutating func instants(
        _ columns: [Int], of stage: Int, _ zone: SessionZone?, _ name: String
    ) -> Int {
        guard let zone else { return stage }
        let relation = graph.stages[stage].relation
        let values = relation.columns.enumerated().map { index, field in
            let kind: DataType.Kind = columns.contains(index) ? .timestamp(3) : field.type.kind
            let column = BoundExpression(
                .column(index), DataType(kind, nullable: field.type.isNullable),
                graph.stages[stage].span)
            return columns.contains(index) ? ZonedTime.instant(column, zone) : column
        }
        return graph.add(
            "\(name).utc", .calc(CalcPlan(filter: nil, projections: values)), inputs: [stage],
            relation: relation, span: graph.stages[stage].span)
    }
}
