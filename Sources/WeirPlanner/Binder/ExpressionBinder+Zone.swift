// TIMESTAMP_LTZ and the clock of the session: casts and functions that look at fields of a time.
//
// Flink shows and reads instants in `table.local-time-zone`; here that is written into the
// expression, so that the stream and the store need not know the zone.

import WeirColumnar
import WeirFunctions
import WeirSQL

extension ExpressionBinder {
    /// A cast through the session zone; nil when the zone does not matter for it.
    func zonedCast(
        _ expression: BoundExpression, to kind: DataType.Kind, isTry: Bool = false
    ) -> BoundExpression? {
        guard let zone = scope.zone, expression.type.kind != .null else { return nil }
        switch (expression.type.kind, kind) {
        case (.timestampLTZ, .timestampLTZ): return nil
        case (.timestampLTZ, _):
            return cast(local(expression, zone), to: kind, isTry)
        case (_, .timestampLTZ(let precision)):
            return instant(cast(expression, to: .timestamp(precision), isTry), zone)
        default: return nil
        }
    }

    private func cast(
        _ expression: BoundExpression, to kind: DataType.Kind, _ isTry: Bool
    ) -> BoundExpression {
        guard isTry else { return coerce(expression, to: kind) }
        return BoundExpression(
            .cast(expression, isTry: true), DataType(kind), expression.span)
    }

    /// What the clocks of the session show at an instant.
    func local(_ expression: BoundExpression, _ zone: SessionZone) -> BoundExpression {
        guard case .timestampLTZ(let precision) = expression.type.kind else { return expression }
        return converted(expression, .timestamp(precision), "WEIR_LOCAL", zone, zone.local)
    }

    /// The instant at which the clocks of the session show a time.
    func instant(
        _ expression: BoundExpression, _ zone: SessionZone, isLater: Bool = false
    ) -> BoundExpression {
        guard case .timestamp(let precision) = expression.type.kind else { return expression }
        let name = isLater ? "WEIR_LATER_INSTANT" : "WEIR_INSTANT"
        return converted(expression, .timestampLTZ(precision), name, zone) {
            zone.instant($0, isLater: isLater)
        }
    }

    private func converted(
        _ expression: BoundExpression, _ kind: DataType.Kind, _ function: String,
        _ zone: SessionZone, _ body: (Int64) -> Int64
    ) -> BoundExpression {
        let type = DataType(kind, nullable: expression.type.isNullable)
        if case .literal(.int64(let micros)) = expression.node {
            return BoundExpression(.literal(.int64(body(micros))), type, expression.span)
        }
        let name = text(zone.name, expression.span)
        return BoundExpression(.call(function, [expression, name]), type, expression.span)
    }

    // MARK: Functions

    /// Functions that look at the fields of a time.
    private static let clockFunctions: Set<String> = [
        "EXTRACT", "FLOOR_TO", "CEIL_TO", "DATE_FORMAT", "YEAR", "QUARTER", "MONTH", "WEEK",
        "DAYOFYEAR", "DAYOFMONTH", "DAYOFWEEK", "HOUR", "MINUTE", "SECOND",
    ]

    /// A call in the session zone; nil when the zone does not matter for it.
    mutating func bindInZone(
        _ name: String, _ operands: [BoundExpression?], _ span: Span
    ) -> (result: BoundExpression?, Void)? {
        guard let zone = scope.zone else { return nil }
        let upper = name.uppercased()
        if Self.clockFunctions.contains(upper) {
            let isInstant = operands.contains { $0?.type.kind.isInstant ?? false }
            guard isInstant else { return nil }
            let result = bindFunction(name, operands.map { $0.map { local($0, zone) } }, span)
            let givesTime = upper == "FLOOR_TO" || upper == "CEIL_TO"
            return (givesTime ? result.map { instant($0, zone) } : result, ())
        }
        switch upper {
        case "LOCALTIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME":
            guard let now = bindFunction("CURRENT_TIMESTAMP", [], span) else { return (nil, ()) }
            let kind: DataType.Kind =
                upper == "LOCALTIMESTAMP"
                ? .timestamp(3) : upper == "CURRENT_DATE" ? .date : .time(0)
            return (coerce(now, to: kind), ())
        case "FROM_UNIXTIME":
            guard let seconds = operands.first ?? nil, operands.count <= 2 else { return nil }
            let precision = BoundExpression(
                .literal(.int64(0)), DataType(.int, nullable: false), span)
            let moment = bindFunction("TO_TIMESTAMP_LTZ", [seconds, precision], span)
            let pattern = operands.count == 2 ? operands[1] : text("yyyy-MM-dd HH:mm:ss", span)
            return (bindFunction("DATE_FORMAT", [moment, pattern], span), ())
        case "UNIX_TIMESTAMP" where !operands.isEmpty:
            let parsed = bindFunction("TO_TIMESTAMP", operands, span)
            guard let parsed else { return (nil, ()) }
            let moment = instant(parsed, zone, isLater: true)
            let utc = BoundExpression(
                .cast(moment, isTry: false), DataType(.timestamp(3)), span)
            let seconds = withoutZone { binder in
                binder.bindFunction("EXTRACT", [binder.text("EPOCH", span), utc], span)
            }
            return (seconds, ())
        default: return nil
        }
    }

    /// Binds as in a session of UTC.
    private mutating func withoutZone(
        _ body: (inout ExpressionBinder) -> BoundExpression?
    ) -> BoundExpression? {
        var inner = self
        inner.scope.zone = nil
        let result = body(&inner)
        diagnostics = inner.diagnostics
        return result
    }
}
