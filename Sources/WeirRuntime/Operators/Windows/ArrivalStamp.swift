// Windows of PROCTIME(): rows get the time at which they come, and the clock is their watermark.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Writes the time of arrival into a column; watermarks of event time end here.
///
/// A row is never late: the watermark is a millisecond behind the clock, which does not go back.
/// At the end of the input all windows close (in Flink those of the clock are lost then).
final class ArrivalStamp: Operator {
    private let plan: StampPlan
    private let clock: ProcessingClock
    private var now = Int64.min
    private var sent = Int64.min
    private var stored = Int64.min
    private static let key: [UInt8] = [0]

    init(_ plan: StampPlan, clock: ProcessingClock) {
        self.plan = plan
        self.clock = clock
    }

    func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        catchUp(into: &output)
        now = max(now, clock.now())
        if batch.count > 0 {
            let time = plan.zone?.local(now) ?? now
            var columns = batch.columns
            columns[plan.column] = Column(.int64([Int64](repeating: time, count: batch.count)))
            output.batches.append(
                Batch(
                    count: batch.count, columns: columns, kinds: batch.kinds, origin: batch.origin,
                    readAt: batch.readAt))
            output.count(.passed, batch.count)
        }
        send(batch.watermark == .max ? .max : now - WindowBounds.step, into: &output)
    }

    func tick(into output: inout OperatorOutput) {
        catchUp(into: &output)
        now = max(now, clock.now())
        send(now - WindowBounds.step, into: &output)
    }

    /// After a restart windows go on from where the clock was at the last commit.
    private func catchUp(into output: inout OperatorOutput) {
        if sent == .min, stored > .min { send(stored, into: &output) }
    }

    private func send(_ watermark: Int64, into output: inout OperatorOutput) {
        guard watermark > sent else { return }
        sent = watermark
        output.batches.append(Batch(count: 0, columns: [], watermark: watermark))
    }

    func takeStateDelta() -> StateDelta {
        var delta = StateDelta()
        guard sent > stored, sent < .max else { return delta }
        stored = sent
        var value = StateBytes()
        value.write(sent)
        delta.upserts = [(Self.key, value.bytes)]
        return delta
    }

    func restore(_ entries: [(key: [UInt8], value: [UInt8])]) {
        guard let entry = entries.first else { return }
        var value = StateBytes(entry.value)
        stored = value.readInt64()
        now = stored
    }
}
