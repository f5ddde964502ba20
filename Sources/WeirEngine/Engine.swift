// The façade: compile a project, run it, read its store.

import Foundation
import WeirColumnar
import WeirConnectors
package import WeirPlanner
package import WeirRuntime
package import WeirSQL
package import WeirStore

/// How a pipeline is run.
package struct EngineOptions: Sendable {
    package var storePath: String
    /// Whether what is in the store is thrown away first.
    package var isFresh: Bool
    /// How many times faster than real event time is replayed; nil is as fast as possible.
    package var pace: Double?
    /// Whether clocks, histograms and taps run.
    package var isObserving: Bool
    package var commit: CommitPolicy
    /// Bytes read at once from a file.
    package var chunkBytes: Int
    /// How many threads share the work on a batch.
    package var workers: Workers
    /// Whether tables that the API writes wait for rows; otherwise they end with those that are
    /// there.
    package var acceptsWrites = false
    /// Whether indexes of a new store are made at the end of the run: nobody asks before.
    package var defersIndexes = false
    /// By which windows of PROCTIME() go, and of which writes have their times.
    package var clock = ProcessingClock.system
    /// Makes the values of columns METADATA FROM 'uuid'.
    package var makesIdentifier: @Sendable () -> String = { UUID().uuidString.lowercased() }

    package init(
        storePath: String, isFresh: Bool = false, pace: Double? = nil, isObserving: Bool = true,
        commit: CommitPolicy? = nil, chunkBytes: Int = 512 << 10, workers: Workers = .cores
    ) {
        self.storePath = storePath
        self.isFresh = isFresh
        self.pace = pace
        self.isObserving = isObserving
        // A live view wants fresh tables, a bulk load fewer and larger transactions.
        self.commit = commit ?? CommitPolicy(seconds: pace == nil ? 0.5 : 0.2)
        self.chunkBytes = chunkBytes
        self.workers = workers
    }
}

package enum Engine {
    /// Compiles the script of a project, with all that it imports, against the connectors that
    /// exist.
    package static func compile(_ project: Project) -> Compilation { compile(project.script) }

    /// The same of a script with other files, such as those that an editor has open.
    package static func compile(_ script: ScriptProject) -> Compilation {
        ScriptBinder.compile(script, connectors: ConnectorRegistry.catalog)
    }

    /// Starts a compiled pipeline.
    ///
    /// - Throws: `StoreError` or `ConnectorError` when the store or a source cannot be opened.
    package static func start(
        _ plan: StreamPlan, sources: SourceMap, project: Project, options: EngineOptions
    ) throws -> Session {
        let folder = (options.storePath as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        }
        let store = try StoreWriter(path: options.storePath, isFresh: options.isFresh)
        let script = printed(sources)
        let recovery = try store.prepare(
            tables: plan.tables.map { table in
                var schema = TableSchema(table)
                schema.hasRowNumber = plan.indexes.contains {
                    $0.kind == .text && $0.table == table.name
                }
                return schema
            }, views: plan.views.map(ViewSchema.init),
            indexes: plan.indexes.map {
                IndexSchema(
                    kind: $0.kind == .text ? .text : .btree, name: $0.name, table: $0.table,
                    columns: $0.columns)
            }, script: script, stages: PlanPrint.stages(plan),
            measured: project.script.settings.measured, defersIndexes: options.defersIndexes)
        let log = try writeLog(plan, options, recovery)
        let context = ConnectorContext(
            baseDirectory: project.directory, chunkBytes: options.chunkBytes,
            workers: options.workers, writes: log)
        let starting = PipelineStart(
            plan: plan, recovery: recovery, context: context, acceptsWrites: options.acceptsWrites)
        let setups = try starting.sourceSetups()
        let graph = RunGraph(
            plan: plan, isObserving: options.isObserving, workers: options.workers,
            clock: options.clock, state: starting.state)
        starting.restoreCounters(graph.probes)
        let writer = StoreEpochWriter(
            plan: plan, store: store, sinks: try starting.sinkWriters(), writes: log)
        let run = PipelineRun(
            graph: graph, setups: setups, progress: starting.progress, epoch: recovery.epoch,
            writer: writer, options: RunOptions(pace: options.pace, commit: options.commit))
        return Session(
            plan: plan, sources: sources, project: project, options: options, run: run,
            isResumed: recovery.epoch > 0,
            earlierRows: recovery.offsets.values.reduce(0) { $0 + $1.recordsRead },
            isAdapted: recovery.isAdapted, log: log)
    }

    /// The log of writes, when the script has tables that the API writes.
    private static func writeLog(
        _ plan: StreamPlan, _ options: EngineOptions, _ recovery: Recovery
    ) throws -> WriteLog? {
        let written = plan.sources.filter { $0.connector == "internal" }
        guard !written.isEmpty else { return nil }
        return try WriteLog(
            store: options.storePath, isBounded: !options.acceptsWrites,
            read: written.compactMap { recovery.offsets[$0.name]?.byteOffset }.max() ?? 0,
            clock: options.clock)
    }

    /// All statements of a project, so that layout and comments make no difference.
    private static func printed(_ sources: SourceMap) -> String {
        sources.texts.filter { !$0.name.hasSuffix(".json") }
            .map { SQLPrinter.print(Parser.parse($0)) }.joined(separator: "\n")
    }

    /// Opens the store of a run or of an earlier one for reading.
    ///
    /// - Throws: `StoreError`.
    package static func openStore(_ path: String) throws -> StoreReader {
        try StoreReader(path: path)
    }
}

extension ViewSchema {
    init(_ view: StoreView) {
        self.init(
            table: TableSchema(
                name: view.name, columns: view.columns, key: [], isUpdating: false,
                order: view.order, limit: view.limit, offset: view.offset, hasEncodedKey: false),
            sql: view.sql)
    }
}

extension TableSchema {
    init(_ table: StoredTable) {
        self.init(
            name: table.name, columns: table.columns, key: table.key,
            isUpdating: table.mode == .updating, order: table.order, limit: table.limit,
            offset: table.offset, hidesLast: table.hidesLast,
            hasEncodedKey: table.hasEncodedKey, keepsLast: table.keepsLast)
    }
}
