// The figures of the API on this machine, each beside its peer in the same run.

import Foundation
import Synchronization
import WeirColumnar
import WeirEngine
import WeirRuntime
import WeirStore

/// Makes a pipeline and measures its API; the load comes from the same machine.
struct APIBench {
    let folder: String
    let seconds: Double
    let connections: Int
    private static let items = 100_000
    private static let parents = 100

    private static let script = """
        CREATE TABLE src (id BIGINT NOT NULL, name STRING NOT NULL, price DOUBLE,
          PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='items.csv','format'='csv');
        /*+ query_by_any(id) */
        Item := SELECT * FROM src;
        CREATE TABLE parents (id BIGINT NOT NULL, name STRING NOT NULL, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='parents.csv','format'='csv');
        CREATE TABLE children (id BIGINT NOT NULL, parent BIGINT NOT NULL, name STRING NOT NULL,
          PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='children.csv','format'='csv');
        Parent := SELECT * FROM parents;
        Child := SELECT * FROM children;
        Parent.children := SELECT * FROM Child c WHERE c.parent = this.id ORDER BY c.id;
        /*+ engine(log), insert(SINGLE), no_query */
        CREATE TABLE Note (n BIGINT NOT NULL);
        Notes := SUBSCRIBE SELECT n FROM Note;

        """
    private static let ingest = """
        CREATE TABLE events (id BIGINT NOT NULL, k BIGINT NOT NULL, v BIGINT NOT NULL)
          WITH ('connector'='filesystem','path'='events.csv','format'='csv');
        PerKey := SELECT k, COUNT(*) AS n, SUM(v) AS v FROM events GROUP BY k;

        """

    func run() throws {
        try writeFiles()
        let pipeline = try BenchPipeline(
            script: Self.script, folder: folder, name: "api", isLive: true)
        defer { pipeline.stop() }
        try pipeline.waitForInput()
        let bare = try Blocking.run { try await BareServer(bytes: 60) }
        defer { try? Blocking.run { await bare.stop() } }
        let peak = try lookups(pipeline, bare)
        try halfOfPeak(pipeline, peak)
        try nested(pipeline)
        try subscribers()
        try whileIngesting()
    }

    private func writeFiles() throws {
        func write(_ name: String, _ head: String, _ count: Int, _ row: (Int) -> String) throws {
            var text = head + "\n"
            for number in 0..<count { text += row(number) + "\n" }
            try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        }
        try write("items.csv", "id,name,price", Self.items) { "\($0),name\($0),\($0).25" }
        try write("parents.csv", "id,name", Self.parents) { "\($0),parent\($0)" }
        try write("children.csv", "id,parent,name", Self.parents * 10) {
            "\($0),\($0 / 10),child\($0)"
        }
        try write("events.csv", "id,k,v", 3_000_000) { "\($0),\($0 &* 7919 % 1000),\($0 % 97)" }
    }

    // MARK: Lookups

    private static let lookup = """
        POST /v1/graphql {"query":"query($id: Long){ Item(id: $id) { id name price } }",\
        "variables":{"id":{n}}}
        """

    private func request(_ text: String, _ pipeline: BenchPipeline) throws -> LoadRequest {
        guard
            let request = LoadRequest(
                text, host: "127.0.0.1:\(pipeline.port)", token: nil, keys: Self.items)
        else { throw StoreError.database("'\(text)' is no request") }
        return request
    }

    private func load(
        _ request: LoadRequest, port: Int, rate: Double? = nil, seconds: Double? = nil,
        isOver: () -> Bool = { false }
    ) throws -> LoadResult {
        let generator = LoadGenerator(
            port: port, requests: [request], connections: connections, rate: rate)
        guard let result = generator.run(seconds: seconds ?? self.seconds, isOver: isOver) else {
            throw StoreError.database("the server takes no connection")
        }
        if result.hasFailures {
            Console.talk(
                "\(request.name): \(result.failures) answers failed, \(result.unanswered) did not come\n"
            )
        }
        return result
    }

    /// - Returns: the requests a second that the GraphQL lookup came to.
    private func lookups(_ pipeline: BenchPipeline, _ bare: BareServer) throws -> Double {
        let constant = try request("GET /constant", pipeline)
        let graphQL = try request(Self.lookup, pipeline)
        let rest = try request("GET /v1/rest/queries/Item?id={n}", pipeline)
        var best = (constant: LoadResult(), graphQL: LoadResult(), rest: LoadResult())
        // In turns, so that all see the same hour of the machine.
        for _ in 0..<3 {
            for (place, request, port) in [
                (
                    \(constant: LoadResult, graphQL: LoadResult, rest: LoadResult).constant,
                    constant, bare.port
                ),
                (\.graphQL, graphQL, pipeline.port), (\.rest, rest, pipeline.port),
            ] {
                let result = try load(request, port: port)
                if result.rate > best[keyPath: place].rate { best[keyPath: place] = result }
            }
        }
        func line(_ name: String, _ result: LoadResult) {
            let share = Int((result.rate / best.constant.rate * 100).rounded())
            say(
                name, "\(Int(result.rate)) requests/s", "\(share) % of the constant route",
                "p50 \(ms(result.latency(50))), p99 \(ms(result.latency(99)))")
        }
        line("constant route of Hummingbird", best.constant)
        line("GraphQL lookup by key", best.graphQL)
        line("REST lookup by key", best.rest)
        return best.graphQL.rate
    }

    private func halfOfPeak(_ pipeline: BenchPipeline, _ peak: Double) throws {
        let result = try load(
            try request(Self.lookup, pipeline), port: pipeline.port, rate: peak / 2)
        say(
            "GraphQL lookup at half of that", "\(Int(result.rate)) requests/s", "open model",
            "p50 \(ms(result.latency(50))), p99 \(ms(result.latency(99)))")
    }

    // MARK: Lists in lists

    private func nested(_ pipeline: BenchPipeline) throws {
        let text = """
            POST /v1/graphql {"query":"{ Parent(limit: 100) { id name children(limit: 10) { id name } } }"}
            """
        let before = pipeline.pool.statements
        let generator = LoadGenerator(
            port: pipeline.port, requests: [try request(text, pipeline)], connections: 1)
        guard let result = generator.run(seconds: seconds) else { return }
        let statements = Double(pipeline.pool.statements - before) / Double(max(1, result.requests))
        let reader = try StoreReader(path: pipeline.storePath)
        let sql = """
            SELECT p.id, p.name, c.id, c.name FROM Parent p JOIN Child c ON c.parent = p.id
            ORDER BY p.id, c.id
            """
        var times: [Double] = []
        for _ in 0..<200 { times.append(try reader.query(sql, limit: 10_000).seconds * 1000) }
        times.sort()
        let peer = times[times.count / 2]
        let median = result.latency(50)
        say(
            "100 parents with 10 children", "\(ms(median)) each", "\(ratio(median / peer)) times",
            "one join in SQL, its rows read: \(ms(peer)); \(ratio(statements)) statements")
    }

    // MARK: Subscribers

    private func subscribers(_ count: Int = 1000, rounds: Int = 20) throws {
        let clock = CommitClock()
        let pipeline = try BenchPipeline(
            script: Self.script, folder: folder, name: "live", isLive: true,
            listen: { clock.tick() })
        defer { pipeline.stop() }
        try pipeline.waitForInput()
        let result = try SubscriberLoad(pipeline: pipeline, clock: clock).run(
            subscribers: count, rounds: rounds)
        say(
            "\(count) subscribers", "\(result.events) events",
            "p50 \(ms(result.latency(50))), p99 \(ms(result.latency(99)))",
            "from commit to client; the last one \(ms(result.latency(100)))")
    }

    // MARK: While ingesting

    private func whileIngesting() throws {
        func ingest(_ name: String, rate: Double?) throws -> (Double, LoadResult?) {
            let start = MonotonicClock.now()
            let pipeline = try BenchPipeline(
                script: Self.script + Self.ingest, folder: folder,
                name: name, isLive: true)
            defer { pipeline.stop() }
            var result: LoadResult?
            if let rate {
                let session = pipeline.session
                result = try load(
                    try request(Self.lookup, pipeline), port: pipeline.port, rate: rate,
                    seconds: 120
                ) { session.snapshot().commit.hasReadInput }
            }
            try pipeline.waitForInput()
            return (Double(MonotonicClock.now() - start) / 1e9, result)
        }
        var alone = Double.infinity
        var together = Double.infinity
        var worst = LoadResult()
        for round in 0..<3 {
            alone = min(alone, try ingest("alone\(round)", rate: nil).0)
            let (time, result) = try ingest("loaded\(round)", rate: 1000)
            if time < together, let result { (together, worst) = (time, result) }
        }
        say(
            "1 000 lookups a second while ingesting", "\(Int(worst.rate)) requests/s",
            "p50 \(ms(worst.latency(50))), p99 \(ms(worst.latency(99)))",
            "3 M rows in \(ratio(together)) s, without load \(ratio(alone)) s:"
                + " \(Int((together / alone * 100 - 100).rounded())) % slower")
    }

    // MARK: Words

    private func say(_ parts: String...) {
        let name = parts[0] + String(repeating: " ", count: max(1, 42 - parts[0].count))
        Console.output(name + parts.dropFirst().joined(separator: "  ") + "\n")
    }

    private func ms(_ value: Double) -> String { "\(ratio(value)) ms" }

    private func ratio(_ value: Double) -> String {
        value < 10 ? "\((value * 100).rounded() / 100)" : "\((value * 10).rounded() / 10)"
    }
}

/// When the last commit was.
final class CommitClock: Sendable {
    private let at = Mutex(UInt64(0))

    func tick() { at.withLock { $0 = MonotonicClock.now() } }

    /// Monotonic ns.
    var last: UInt64 { at.withLock { $0 } }
}
