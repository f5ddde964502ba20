// How long state is kept that nobody writes (Flink: table.exec.state.ttl).

/// A time to live by the clock, counted from the last write; results after it are those of a table
/// that never had the rows.
///
/// After a restart the time begins anew.
struct StateTTL: Sendable {
    let micros: Int64
    let clock: ProcessingClock
    /// So much longer may state live (µs): looking for what has expired costs more than keeping it.
    var grain: Int64 { micros / 64 }

    /// What was written at this moment (µs) or before has expired now.
    var limit: Int64 { clock.now().subtractingReportingOverflow(micros).partialValue }

    /// The limit, if it is time to look for what has expired; notes when it will be again.
    func look(_ next: inout Int64) -> Int64? {
        let now = clock.now()
        // A clock that is set back is no reason to wait.
        guard now >= next || next > now &+ grain else { return nil }
        next = now &+ grain
        return limit
    }
}

/// When each group of an operator was last written.
struct WriteTimes {
    private let ttl: StateTTL
    /// µs; the largest value for groups that have nothing to forget.
    private var times: [Int64] = []
    /// When to look again for what has expired.
    private var nextLook = Int64.min

    init(_ ttl: StateTTL) { self.ttl = ttl }

    var stateBytes: Int { times.capacity * 8 }

    /// Groups are written now; there are so many groups in all.
    mutating func note(_ groups: [Int32], of count: Int) {
        if times.count < count {
            times.append(contentsOf: repeatElement(.max, count: count - times.count))
        }
        let now = ttl.clock.now()
        for group in groups { times[Int(group)] = now }
    }

    /// The groups whose time is over; each once, until it is written again.
    mutating func takeExpired() -> [Int32] {
        guard let limit = ttl.look(&nextLook) else { return [] }
        var expired: [Int32] = []
        for group in times.indices where times[group] <= limit {
            expired.append(Int32(group))
            times[group] = .max
        }
        return expired
    }

    /// Groups are numbered anew: these are left, in this order.
    mutating func renumber(_ kept: [Int32]) {
        times = kept.map { Int($0) < times.count ? times[Int($0)] : .max }
    }
}

/// Which rows of an operator came when; rows are numbered as they come.
struct ArrivalMarks {
    private var marks: [(end: Int, time: Int64)] = []
    /// Rows before this one have been handed out as expired.
    private var expired = 0

    /// Rows up to a number have come by now.
    mutating func note(_ end: Int, _ ttl: StateTTL) {
        let now = ttl.clock.now()
        guard end > marks.last?.end ?? expired else { return }
        if let last = marks.last, now - last.time < ttl.grain {
            marks[marks.count - 1].end = end
        } else {
            marks.append((end, now))
        }
    }

    /// The rows that have expired since the last call.
    mutating func takeExpired(_ ttl: StateTTL) -> Range<Int> {
        guard let first = marks.first else { return expired..<expired }
        let limit = ttl.limit
        guard first.time <= limit else { return expired..<expired }
        let gone = marks.prefix { $0.time <= limit }
        let start = expired
        expired = gone.last?.end ?? expired
        marks.removeFirst(gone.count)
        return start..<expired
    }

    /// Rows are numbered anew: only these are left, in this order.
    mutating func renumber(_ kept: [Int32]) {
        func place(_ row: Int) -> Int {
            var low = 0
            var high = kept.count
            while low < high {
                let middle = (low + high) / 2
                if kept[middle] < row { low = middle + 1 } else { high = middle }
            }
            return low
        }
        expired = place(expired)
        marks = marks.map { (place($0.end), $0.time) }
    }
}
