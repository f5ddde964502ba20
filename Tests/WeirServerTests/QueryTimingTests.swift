// What queries cost is noted, also of those that are stopped; answers may be as old as hints say.

import TestSupport
import Testing
import WeirServer
import WeirStore

@Suite struct QueryTimingTests {
    private static let script = """
        CREATE TABLE src (id BIGINT NOT NULL, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
        /*+cache(5 min)*/ Rows := SELECT * FROM src;
        Items := SELECT id, id % 7 AS row FROM src;
        Rows.items := SELECT * FROM Items i WHERE i.row = this.id;
        /*+cache(1 min)*/ Rows.others := SELECT * FROM Items i WHERE i.row = this.id;
        Slow() := SELECT COUNT(*) AS n FROM Rows a, Rows b, Rows c, Rows d
          WHERE a.id + b.id + c.id + d.id = 1;

        """

    private func served(seconds: Double) async throws -> ServedPipeline {
        var settings = ServingPool.Settings()
        settings.seconds = seconds
        return try await ServedPipeline(
            script: Self.script,
            files: [(name: "rows.csv", text: (0..<400).map { "\($0)\n" }.joined())],
            serving: settings)
    }

    @Test func stoppedQueriesCount() async throws {
        let served = try await served(seconds: 0.1)
        #expect(try await served.get("/v1/rest/queries/Slow").status == 504)
        #expect(try await served.get("/v1/rest/queries/Rows?limit=2").status == 200)
        let slow = try #require(served.pool.timings.all["Slow"])
        #expect(slow.count == 1 && slow.stopped == 1 && slow.seconds > 0.05)
        let rows = try #require(served.pool.timings.all["Rows"])
        #expect(rows.count == 1 && rows.rows == 2 && rows.stopped == nil)
        await served.server.stop()
    }

    /// What is below a cached table and says nothing is as old as it is.
    @Test func relationshipsAreAsOldAsTheirTable() async throws {
        let served = try await served(seconds: 10)
        let answer = try await served.get("/v1/rest/queries/Rows?limit=1")
        #expect(
            answer.headers["cache-control"]?.contains("max-age=60") ?? false, "\(answer.headers)")
        await served.server.stop()
    }
}
