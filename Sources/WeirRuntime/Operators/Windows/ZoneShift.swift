// Watermarks by the clocks of a zone, for windows that begin and end by them.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Puts watermarks by the clocks, or back to UTC with columns that are instants outside.
///
/// By the clocks a watermark is the last time whose timer has rung (Flink:
/// TimeWindowUtil.toEpochMillsForTimer), so that a window closes when Flink closes it.
final class ZoneShift: Operator {
    private let plan: ZoneShiftPlan
    /// The day (µs, half open) in which the distance from UTC is known to stay, and the distance.
    private var day: (start: Int64, shift: Int64?) = (.max, nil)
    private static let dayMicros: Int64 = 86_400_000_000

    init(_ plan: ZoneShiftPlan) { self.plan = plan }

    func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        output.count(.passed, batch.count)
        output.batches.append(
            Batch(
                count: batch.count, columns: columns(batch), kinds: batch.kinds,
                watermarks: batch.watermarks.map { $0.map { shifted($0) } },
                watermark: shifted(batch.watermark), origin: batch.origin, readAt: batch.readAt))
    }

    private func columns(_ batch: Batch) -> [Column] {
        guard batch.count > 0, !plan.instants.isEmpty else { return batch.columns }
        var columns = batch.columns
        for index in plan.instants {
            let column = columns[index]
            columns[index] = Column(
                .int64(column.int64Values.map { plan.zone.instant($0) }),
                validity: column.validity)
        }
        return columns
    }

    private func shifted(_ watermark: Int64) -> Int64 {
        if watermark == .min || watermark == .max { return watermark }
        guard plan.toClock else {
            // Nothing behind closes windows by the clocks: the earlier of two moments is safe.
            return plan.zone.instant(watermark)
        }
        let start = floorDivide(watermark, Self.dayMicros) &* Self.dayMicros
        if start != day.start { day = (start, plan.zone.steadyShift(dayFrom: start)) }
        return day.shift.map { watermark &+ $0 } ?? plan.zone.lastRung(at: watermark)
    }
}
