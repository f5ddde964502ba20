// Runs scripts over small files in the test process.

import Foundation
import TestSupport
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirSQL
import WeirStore

/// A script in a folder of its own.
struct PipelineHarness {
    let folder: TemporaryFolder
    let script: String

    init(_ script: String, files: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        self.script = script
        for (name, text) in files { try folder.write(name, text) }
    }

    /// Another script in the folder of an earlier one.
    init(_ script: String, in folder: TemporaryFolder) {
        self.folder = folder
        self.script = script
    }

    var storePath: String { folder.path + "/store.db" }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Compiles and runs to the end.
    @discardableResult
    func run(
        isFresh: Bool = false, chunkBytes: Int = 256 << 10, commitRows: Int = 200_000,
        pace: Double? = nil, isObserving: Bool = true, clock: ProcessingClock = .system,
        workers: Workers = .cores
    ) throws -> Session {
        let session = try start(
            isFresh: isFresh, chunkBytes: chunkBytes, commitRows: commitRows, pace: pace,
            isObserving: isObserving, clock: clock, workers: workers)
        session.wait()
        if case .failed(let message) = session.state { throw Failure(description: message) }
        return session
    }

    func start(
        isFresh: Bool = false, chunkBytes: Int = 256 << 10, commitRows: Int = 200_000,
        pace: Double? = nil, isObserving: Bool = true, stateLimit: Int? = nil,
        clock: ProcessingClock = .system, workers: Workers = .cores
    ) throws -> Session {
        let path = try folder.write("pipeline.sqrl", script)
        let project = try Project(path: path)
        let compilation = Engine.compile(project)
        guard let plan = compilation.plan else {
            throw Failure(description: "\(compilation.diagnostics)")
        }
        var options = EngineOptions(
            storePath: storePath, isFresh: isFresh, pace: pace, isObserving: isObserving,
            chunkBytes: chunkBytes, workers: workers)
        options.clock = clock
        options.commit.rows = commitRows
        options.commit.stateLimit = stateLimit
        return try Engine.start(
            plan, sources: compilation.sources, project: project, options: options)
    }

    /// The rows of a query, values joined by `|`.
    func query(_ sql: String) throws -> [String] {
        let result = try StoreReader(path: storePath).query(sql, limit: 1_000_000)
        return result.rows.map { row in
            row.map { $0 == .null ? "NULL" : $0.text }.joined(separator: "|")
        }
    }

    /// Everything a store says, without times of day and durations.
    func contents() throws -> [String] {
        let tables = try query(
            "SELECT name FROM sqlite_master WHERE name LIKE 'weir\\_data\\_%' ESCAPE '\\' AND type = 'table' ORDER BY 1"
        )
        var lines: [String] = []
        for table in tables {
            lines += try query("SELECT * FROM \"\(table)\"").sorted().map { "\(table): \($0)" }
        }
        lines += try query(
            "SELECT source, line, \"column\", value, rule, code, message, raw FROM weir_rejects ORDER BY source, line"
        )
        lines += try query("SELECT * FROM weir_offsets")
        // Behind an aggregate the number of changes depends on where the commits were.
        lines += try query(
            """
            SELECT * FROM weir_ledger WHERE rows <> 0 AND stage NOT LIKE 'G%'
              AND stage NOT IN (SELECT stage FROM weir_stages WHERE kind IN ('tbl', 'sink'))
            """)
        return lines
    }
}

/// The ledger: what came in is accounted for, stage by stage.
func unbalancedStages(_ harness: PipelineHarness) throws -> [String] {
    try harness.query(
        """
        SELECT s.stage, s.rows_in, coalesce(sum(l.rows), 0) AS accounted
        FROM weir_stages s LEFT JOIN weir_ledger l
          ON l.stage = s.stage
        GROUP BY s.stage, s.rows_in HAVING s.rows_in <> accounted
        """)
}
