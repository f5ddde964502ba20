// A query that is followed: its rows now, and what changes of them at each commit.

import Synchronization
import WeirColumnar

/// What has changed of the rows of a query, or all of them.
struct LiveUpdate: Sendable {
    enum Kind: String, Sendable {
        /// All rows.
        case rows
        /// Rows that are gone and rows that have come.
        case changes
    }

    let kind: Kind
    /// Of the state that this leads to; a client that comes back names it.
    let version: UInt64
    /// JSON.
    let body: [UInt8]
}

/// Why following ends before the pipeline does.
struct LiveFailure: Error, Sendable {
    let reason: String
}

/// The memory that all live queries of a server may take together.
final class LiveBudget: Sendable {
    private let left: Mutex<Int>

    init(bytes: Int) { left = Mutex(bytes) }

    /// False when there is not so much left; a negative number gives some back.
    func take(_ bytes: Int) -> Bool {
        left.withLock { left in
            guard bytes <= left else { return false }
            left -= bytes
            return true
        }
    }
}

/// The rows of one query, for all who follow it. They are read once a commit, however many follow;
/// a follower that is slow asks for the changes that it has missed, of the last ones that are kept.
actor LiveQuery {
    private let read: @Sendable () async throws -> [[UInt8]]
    private var rows: [[UInt8]] = []
    private var version: UInt64 = 0
    private var seenCommit: UInt64?
    private var history: [LiveUpdate] = []
    private var historyBytes = 0
    private var rowBytes = 0
    private let budget: LiveBudget
    /// What has been taken of it.
    private var taken = 0
    private var reading: (commit: UInt64, task: Task<[[UInt8]], any Error>)?
    /// Changes that are kept for those who are behind.
    private static let maximumHistory = 256
    private static let maximumBytes = 4 << 20

    /// - Parameter read: gives the rows, each as a JSON object.
    init(budget: LiveBudget, read: @escaping @Sendable () async throws -> [[UInt8]]) {
        self.budget = budget
        self.read = read
    }

    deinit { _ = budget.take(-taken) }

    /// What a follower is to be told.
    ///
    /// - Parameters:
    ///   - version: the state that it knows; nil for none.
    ///   - commit: the commit that is to be seen.
    ///   - isBehindFine: whether a follower that is too far behind gets all rows anew.
    /// - Throws: `LiveFailure`, or what reading throws.
    func updates(
        since version: UInt64?, commit: UInt64, isBehindFine: Bool
    ) async throws -> [LiveUpdate] {
        try await refresh(commit)
        if let version, version == self.version { return [] }
        let first = history.first.map { $0.version - 1 } ?? self.version
        if let version, version >= first, version < self.version {
            return history.filter { $0.version > version }
        }
        guard version == nil || isBehindFine else {
            throw LiveFailure(
                reason: "the client is too slow: \(Self.maximumHistory) commits behind")
        }
        return [LiveUpdate(kind: .rows, version: self.version, body: Self.list(rows))]
    }

    /// Reads the rows unless somebody has since the commit.
    private func refresh(_ commit: UInt64) async throws {
        while seenCommit.map({ $0 < commit }) ?? true {
            if try await readOnce(commit) { return }
        }
    }

    /// - Returns: whether the commit has been seen.
    private func readOnce(_ commit: UInt64) async throws -> Bool {
        let asked: (commit: UInt64, task: Task<[[UInt8]], any Error>)
        if let reading {
            asked = reading
        } else {
            let read = read
            asked = (commit, Task { try await read() })
            reading = asked
        }
        let result: Result<[[UInt8]], any Error> = await asked.task.result
        if let reading, reading.commit == asked.commit {
            self.reading = nil
            if case .success(let found) = result { try take(found, asked.commit) }
        }
        _ = try result.get()
        return (seenCommit ?? 0) >= commit
    }

    private func take(_ found: [[UInt8]], _ commit: UInt64) throws {
        // An array of its own costs some bytes for each row as well.
        let bytes = found.reduce(0) { $0 + $1.count + 48 }
        try account(rows: bytes)
        rowBytes = bytes
        defer { seenCommit = max(seenCommit ?? 0, commit) }
        guard seenCommit != nil else {
            rows = found
            version = 1
            return
        }
        guard let changes = Self.changes(from: rows, to: found) else { return }
        rows = found
        version += 1
        history.append(
            LiveUpdate(kind: .changes, version: version, body: changes))
        historyBytes += changes.count
        while history.count > Self.maximumHistory || historyBytes > Self.maximumBytes,
            !history.isEmpty
        {
            historyBytes -= history.removeFirst().body.count
        }
        try account(rows: rowBytes)
    }

    private func account(rows: Int) throws {
        let wanted = rows + historyBytes
        guard budget.take(wanted - taken) else {
            throw LiveFailure(reason: "too many rows are followed on this server; ask for fewer")
        }
        taken = wanted
    }

    // MARK: Bodies

    private static func list(_ rows: [[UInt8]]) -> [UInt8] {
        var body = Array("{\"rows\":[".utf8)
        for (number, row) in rows.enumerated() {
            if number > 0 { body.append(UInt8(ascii: ",")) }
            body += row
        }
        return body + Array("]}".utf8)
    }

    /// Rows that are gone, then rows that have come, with Flink's row kinds; equal rows are counted.
    /// Nil when nothing has changed.
    static func changes(from old: [[UInt8]], to new: [[UInt8]]) -> [UInt8]? {
        if old == new { return nil }
        var counts: [[UInt8]: Int] = [:]
        for row in new { counts[row, default: 0] += 1 }
        for row in old { counts[row, default: 0] -= 1 }
        var body = Array("{\"changes\":[".utf8)
        var isFirst = true
        func add(_ kind: String, _ row: [UInt8]) {
            if !isFirst { body.append(UInt8(ascii: ",")) }
            isFirst = false
            body += Array("{\"kind\":\"\(kind)\",\"row\":".utf8)
            body += row
            body.append(UInt8(ascii: "}"))
        }
        for row in old {
            guard let count = counts[row], count < 0 else { continue }
            counts[row] = count + 1
            add("-D", row)
        }
        for row in new {
            guard let count = counts[row], count > 0 else { continue }
            counts[row] = count - 1
            add("+I", row)
        }
        // Only the order is another one.
        return isFirst ? nil : body + Array("]}".utf8)
    }
}
