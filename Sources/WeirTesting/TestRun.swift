// Runs a pipeline to a certain end, and its tests against what it has come to.

import Foundation
import Synchronization
import WeirColumnar
package import WeirEngine
package import WeirPlanner
import WeirRuntime
package import WeirSQL
import WeirServer
import WeirStore

/// How tests are run.
package struct TestOptions: Sendable {
    /// What becomes of an answer.
    package enum Mode: Sendable {
        case compare
        /// Snapshots are written where they differ.
        case update
        /// Answers are written to a folder and not compared.
        case write(folder: String)
    }

    package var mode = Mode.compare
    /// µs since 1970 in UTC: the time at which everything happens.
    package var time: Int64
    /// Tests that are wanted; none is all.
    package var names: [String] = []

    package init(time: Int64) { self.time = time }
}

/// One run of a pipeline's tests, on a store that nobody sees.
///
/// The clock stands still. Mutations are logged first, in the order of their names; then the
/// pipeline reads its input and the log to their ends, and closes its windows. What is asked after
/// that does not depend on threads or on how fast the machine is. Subscriptions see all events from
/// the first one on.
package final class TestRun: Sendable {
    package let session: Session
    private let suite: TestSuite
    private let answers: TestAnswers
    private let folder: String
    private let snapshots: SnapshotFolder
    private let mode: TestOptions.Mode

    /// Starts the pipeline.
    ///
    /// - Parameter plan: compiled with its tests.
    /// - Throws: `TestProblem`, `StoreError` or `ConnectorError`.
    package init(
        _ plan: StreamPlan, sources: SourceMap, project: Project, options: TestOptions
    ) async throws {
        suite = try TestSuite(project, plan, names: options.names)
        mode = options.mode
        if case .write(let folder) = options.mode {
            snapshots = SnapshotFolder(path: folder)
        } else {
            snapshots = SnapshotFolder(
                path: project.directory + "/" + project.tests.snapshotFolder)
        }
        folder = try Self.temporaryFolder()
        do {
            let time = options.time
            var engine = EngineOptions(storePath: folder + "/test.db")
            engine.acceptsWrites = true
            engine.clock = ProcessingClock { time }
            engine.makesIdentifier = Self.identifiers()
            session = try Engine.start(plan, sources: sources, project: project, options: engine)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        do {
            // Test tables are no part of a schema that the project brings.
            let tables = ServedAPI(APIModel(plan), version: TestAnswers.tablesVersion)
            let apis = try ServedAPI.versions(of: plan, project) + [tables]
            var server = ServerSettings()
            server.authentication = try project.authentication?.withSecrets()
            answers = TestAnswers(
                api: try await APIResponder(
                    apis, store: try ServingPool(path: folder + "/test.db"), session: session,
                    settings: server),
                model: tables.model, served: apis[0].model, headers: project.tests.headers)
        } catch {
            session.stop()
            session.wait()
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Ends what still runs and removes the store.
    package func close() {
        answers.api.close()
        session.stop()
        session.wait()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// In memory where the system has a place for that.
    private static func temporaryFolder() throws -> String {
        let memory = "/dev/shm"
        let base =
            FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        let path = "\(base)/weir-test-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        return path
    }

    /// 00000000-0000-4000-8000-000000000001 and so on: a test gives the same each time.
    private static func identifiers() -> @Sendable () -> String {
        let last = Mutex(0)
        return {
            let number = last.withLock { last in
                last += 1
                return last
            }
            let digits = String(number, radix: 16)
            return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count)
                + digits
        }
    }

    package var count: Int { suite.tests.count }

    /// Runs the mutations and lets the pipeline end; `session` tells when it has.
    ///
    /// - Returns: what came of the mutations.
    package func mutate() async -> [TestResult] {
        var results: [TestResult] = []
        for test in suite.tests {
            if case .mutation = test.kind { results.append(await result(of: test)) }
        }
        session.finishWrites()
        return results
    }

    /// Runs all other tests; the pipeline has ended.
    package func ask() async -> [TestResult] {
        var results: [TestResult] = []
        for test in suite.tests {
            if case .mutation = test.kind { continue }
            results.append(await result(of: test))
        }
        return results
    }

    /// Writes tests for all endpoints of the API to the test folder; those that are there stay as
    /// they are. The pipeline has ended.
    ///
    /// - Parameter addsRows: whether there are tests that add rows.
    /// - Returns: the paths of the files, and whether each was written.
    /// - Throws: `TestProblem`, or what breaks an answer off.
    package func writeAPITests(
        of project: Project, addsRows: Bool
    ) async throws -> [(path: String, isNew: Bool)] {
        let suite = try await APISuite(
            answers.api, answers.served, headers: answers.headers,
            leavingOut: Set(session.plan.tests.map(\.name)), addsRows: addsRows)
        let folder = project.directory + "/" + project.tests.testFolder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        var written: [(path: String, isNew: Bool)] = []
        for (name, text) in suite.files {
            let path = "\(folder)/\(name)"
            let isNew = !FileManager.default.fileExists(atPath: path)
            if isNew {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            }
            written.append((path, isNew))
        }
        return written
    }

    /// - Parameter seconds: how long everything took.
    package func summary(_ results: [TestResult], seconds: Double) -> TestSummary {
        let names = Set(suite.tests.map(\.name))
        var strayed: [String] = []
        if case .write = mode {
        } else if suite.isWhole {
            strayed = snapshots.names.filter { !names.contains($0) }
        }
        let rejects = session.snapshot().stages.reduce(into: Int64(0)) { sum, stage in
            sum += stage.counters.ledger[.rejected] ?? 0
        }
        return TestSummary(
            results: results.sorted { $0.test.name < $1.test.name }, strayed: strayed,
            rejects: rejects, seconds: seconds)
    }

    private func result(of test: PipelineTest) async -> TestResult {
        let start = MonotonicClock.now()
        let outcome: TestResult.Outcome
        do {
            outcome = try settle(test, try await answers.answer(test))
        } catch {
            outcome = .failed("\(error)", [])
        }
        return TestResult(
            test: test, outcome: outcome,
            seconds: Double(MonotonicClock.now() - start) / 1e9)
    }

    /// Compares or writes what a test gave.
    private func settle(
        _ test: PipelineTest, _ answer: JsonValue
    ) throws(TestProblem) -> TestResult.Outcome {
        if case .write = mode {
            try snapshots.write(test.name, answer)
            return .written
        }
        if case .emptyTable = test.kind {
            return Self.empty(test.name, answer)
        }
        guard let expected = try snapshots.read(test.name) else {
            if case .update = mode {
                try snapshots.write(test.name, answer)
                return .written
            }
            return .failed("there is no snapshot yet; --update writes it", [])
        }
        let found = JsonComparison(expected, answer, unordered: Self.unordered(test)).differences
        if found.isEmpty { return .passed }
        if case .update = mode {
            try snapshots.write(test.name, answer)
            return .written
        }
        return .failed("the answer differs from its snapshot", found)
    }

    private static func empty(_ name: String, _ answer: JsonValue) -> TestResult.Outcome {
        let none = JsonValue.object([
            JsonMember("data", .object([JsonMember(name, .array([]))]))
        ])
        let found = JsonComparison(none, answer).differences
        return found.isEmpty ? .passed : .failed("the table has rows", found)
    }

    /// Lists that have no order of their own: events of a subscription come in the order in which
    /// its sources were read, rows of a table without ORDER BY in any.
    private static func unordered(_ test: PipelineTest) -> Set<String> {
        switch test.kind {
        case .subscription: [""]
        case .table(isOrdered: false): ["data.\(test.name)"]
        default: []
        }
    }
}
