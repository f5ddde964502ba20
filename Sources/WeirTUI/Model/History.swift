// What snapshots say over time: rates and series.

package import WeirEngine
import WeirPlanner
import WeirRuntime

/// Counters of a stage at one moment.
struct StageSample: Sendable {
    var rowsIn: Int64
    var rowsOut: Int64
    var busyNanos: UInt64
    var blockedNanos: UInt64
    var rejected: Int64
    var p50: Double
    var p99: Double
}

/// Rates of a stage between two samples.
package struct StageRates: Sendable, Equatable {
    /// Rows a second.
    package var rowsIn = 0.0
    package var rowsOut = 0.0
    package var rejected = 0.0
    /// Shares of the time; idle is the rest.
    package var busy = 0.0
    package var blocked = 0.0
    package var idle: Double { max(0, 1 - busy - blocked) }
}

/// The last few minutes of the pipeline.
package struct History: Sendable {
    struct Sample: Sendable {
        let at: UInt64
        let stages: [StageSample]
    }

    package private(set) var latest: EngineSnapshot?
    private(set) var samples: [Sample] = []
    private static let capacity = 1200

    package init() {}

    /// Takes a snapshot over.
    package mutating func add(_ snapshot: EngineSnapshot) {
        let isStill = snapshot.state != .running && latest.map { $0.state != .running } ?? false
        latest = snapshot
        if isStill { return }
        samples.append(
            Sample(
                at: snapshot.at,
                stages: snapshot.stages.map { stage in
                    StageSample(
                        rowsIn: stage.counters.rowsIn, rowsOut: stage.counters.rowsOut,
                        busyNanos: stage.counters.busyNanos,
                        blockedNanos: stage.counters.blockedNanos,
                        rejected: stage.counters.ledger[.rejected] ?? 0,
                        p50: stage.counters.latencyMillis(50),
                        p99: stage.counters.latencyMillis(99))
                }))
        if samples.count > Self.capacity { samples.removeFirst(samples.count - Self.capacity) }
    }

    package var stages: [StageSnapshot] { latest?.stages ?? [] }

    /// Whether there is nothing to come any more, so that rates are averages of the whole run.
    package var isOver: Bool { latest.map { $0.state != .running } ?? false }

    /// Rates over the last second; over the whole run when it is over.
    package func rates(_ stage: Int) -> StageRates {
        guard let last = samples.last, stage < last.stages.count else { return StageRates() }
        let reference = isOver ? samples.first : samples.last { last.at - $0.at >= 900_000_000 }
        guard let before = reference ?? samples.first, before.at < last.at,
            stage < before.stages.count
        else { return StageRates() }
        return Self.rates(before, last, stage)
    }

    private static func rates(_ before: Sample, _ last: Sample, _ stage: Int) -> StageRates {
        let seconds = Double(last.at - before.at) / 1e9
        let (old, new) = (before.stages[stage], last.stages[stage])
        let nanos = seconds * 1e9
        var rates = StageRates()
        rates.rowsIn = Double(new.rowsIn - old.rowsIn) / seconds
        rates.rowsOut = Double(new.rowsOut - old.rowsOut) / seconds
        rates.rejected = Double(new.rejected - old.rejected) / seconds
        rates.busy = min(1, Double(new.busyNanos &- old.busyNanos) / nanos)
        rates.blocked = min(1 - rates.busy, Double(new.blockedNanos &- old.blockedNanos) / nanos)
        return rates
    }

    /// A value a sample, oldest first: rates between neighbours.
    package func series(_ stage: Int, _ value: (StageRates) -> Double) -> [Double] {
        guard samples.count > 1 else { return [] }
        return zip(samples, samples.dropFirst()).map { before, after in
            guard stage < before.stages.count, after.at > before.at else { return 0 }
            return value(Self.rates(before, after, stage))
        }
    }

    /// Latency percentiles of a stage, oldest first, in milliseconds.
    package func latencies(_ stage: Int) -> (p50: [Double], p99: [Double]) {
        let stages = samples.compactMap { stage < $0.stages.count ? $0.stages[stage] : nil }
        return (stages.map(\.p50), stages.map(\.p99))
    }

    /// Rows read a second by all sources.
    package var inputRate: Double { sum(where: { $0.node.isSource }, \.rowsIn) }

    /// Rows written a second to all tables and sinks.
    package var outputRate: Double { sum(where: { $0.node.isEnd }, \.rowsIn) }

    private func sum(where isWanted: (StagePlan) -> Bool, _ value: (StageRates) -> Double) -> Double
    {
        stages.filter { isWanted($0.plan) }.reduce(0) { $0 + value(rates($1.plan.id)) }
    }

    /// Input rate over time, all sources together.
    package var inputSeries: [Double] {
        totals {
            $0.node.isSource
        } value: {
            $0.rowsIn
        }
    }

    private func totals(
        _ isWanted: (StagePlan) -> Bool, value: (StageRates) -> Double
    ) -> [Double] {
        let wanted = stages.filter { isWanted($0.plan) }.map(\.plan.id)
        var total = [Double](repeating: 0, count: max(0, samples.count - 1))
        for stage in wanted {
            for (index, value) in series(stage, value).enumerated() { total[index] += value }
        }
        return total
    }

    /// Rows refused so far, all stages together.
    package var rejects: Int64 {
        stages.reduce(0) { $0 + ($1.counters.ledger[.rejected] ?? 0) }
    }
}

extension StreamNode {
    /// Whether rows leave the pipeline here.
    package var isEnd: Bool {
        switch self {
        case .store, .sink: true
        default: false
        }
    }
}
