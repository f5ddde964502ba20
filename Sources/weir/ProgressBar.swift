// How far a headless run is: a bar on a terminal, a line now and then otherwise.

import WeirEngine
import WeirPlanner
import WeirRuntime

/// Writes progress to standard error.
struct ProgressBar {
    private let isTerminal: Bool
    private var last: (at: UInt64, rows: Int64)?
    private var shownAt: UInt64 = 0
    private var hasShown = false

    /// Rows that an earlier run has read.
    private let earlier: Int64

    init(isTerminal: Bool, earlier: Int64 = 0) {
        self.isTerminal = isTerminal
        self.earlier = earlier
    }

    private static func rows(_ snapshot: EngineSnapshot) -> Int64 {
        snapshot.stages.filter { $0.plan.node.isSource }.reduce(0) { $0 + $1.counters.rowsIn }
    }

    /// Seconds between two looks at the run.
    var interval: Double { isTerminal ? 0.1 : 0.25 }

    mutating func show(_ snapshot: EngineSnapshot) {
        // Without a terminal a line every five seconds is enough.
        if !isTerminal, snapshot.at - shownAt < 5_000_000_000, shownAt > 0 { return }
        if shownAt == 0 {
            shownAt = snapshot.at
            if !isTerminal { return }
        }
        shownAt = snapshot.at
        let text = line(snapshot)
        Console.talk(isTerminal ? "\r\u{1B}[K" + text : text + "\n")
        hasShown = true
    }

    mutating func finish(_ snapshot: EngineSnapshot) {
        if isTerminal, hasShown { Console.talk("\r\u{1B}[K") }
        if !isTerminal { Console.talk(line(snapshot) + "\n") }
    }

    private mutating func line(_ snapshot: EngineSnapshot) -> String {
        let sources = snapshot.stages.filter { $0.plan.node.isSource }
        let rows = Self.rows(snapshot)
        let read = sources.reduce(Int64(0)) { $0 + $1.counters.bytesRead }
        let total = sources.reduce(Int64(0)) { $0 + $1.counters.bytesTotal }
        var rate =
            snapshot.uptimeSeconds > 0 ? Double(max(0, rows - earlier)) / snapshot.uptimeSeconds : 0
        if let last, snapshot.at > last.at {
            rate = Double(rows - last.rows) * 1e9 / Double(snapshot.at - last.at)
        }
        last = (snapshot.at, rows)
        // An input without bytes to read is read to its end.
        let isAtEnd =
            snapshot.commit.hasReadInput || sources.allSatisfy { $0.counters.isAtEnd }
        let share = isAtEnd ? 1 : total > 0 ? min(1, Double(read) / Double(total)) : 0
        let filled = Int(share * 30)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        return "\(bar) \(Int(share * 100))%  \(grouped(rows)) rows  \(grouped(Int64(rate)))/s"
    }
}
