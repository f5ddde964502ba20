// `weir bench api` against a server that runs.

import Foundation
import TestSupport
import Testing

@Suite struct LoadTests {
    private static let script = """
        CREATE TABLE src (id BIGINT NOT NULL, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
        Rows := SELECT * FROM src;
        /** Rows from a number on.
         *  @param least The number.
         */
        Above(least BIGINT NOT NULL) := SELECT * FROM Rows WHERE id > :least;

        """

    @Test func requestsAreMeasured() throws {
        let folder = try TemporaryFolder()
        try folder.write("p.sqrl", Self.script)
        try folder.write("rows.csv", (0..<50).map { "\($0)\n" }.joined())
        let errors = folder.path + "/err.txt"
        let server = try Program.start(
            Program.weir, ["run", "p.sqrl", "--quiet", "--listen", "127.0.0.1:0"],
            folder: folder.path, output: URL(fileURLWithPath: folder.path + "/out.txt"),
            errors: URL(fileURLWithPath: errors))
        defer { server.signal(SIGKILL) }
        var url = ""
        try #require(
            Program.wait(seconds: 60) {
                let text = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
                let line = text.split(separator: "\n").first { $0.hasPrefix("serving http://") }
                url =
                    line.map {
                        String($0.dropFirst("serving ".count)).replacing("/v1/graphql", with: "")
                    } ?? ""
                return !url.isEmpty || !server.isRunning
            })
        func bench(_ arguments: String...) throws -> ProgramResult {
            try Program.run(
                Program.weir,
                ["bench", "api", "--url", url, "--seconds", "0.3", "--connections", "2"]
                    + arguments, folder: folder.path)
        }
        // Of the specification: those that need no argument.
        let all = try bench()
        #expect(all.status == 0, "\(all.errors)")
        #expect(all.output.contains("GET /v1/rest/queries/Rows"))
        #expect(!all.output.contains("Above"))
        #expect(all.output.contains(" 0 failed, 0 unanswered"))
        let own = try bench(
            "--rate", "100", "--keys", "40", "--request", "3 GET /v1/rest/queries/Above?least={n}",
            "--request", #"POST /v1/graphql {"query": "{ Rows { id } }"}"#)
        #expect(own.output.contains(" 0 failed, 0 unanswered"), "\(own.output)\(own.errors)")
        #expect(own.output.contains("POST /v1/graphql"))
        let wrong = try bench("--request", "GET /v1/rest/queries/Above?least=x")
        #expect(!wrong.output.contains(" 0 failed"))
        let stream = try bench("--request", "GET /v1/live/Rows")
        #expect(stream.status == 1 && stream.errors.contains("is a stream"))
        let heavy = try bench("--request", "99999999999999 GET /health")
        #expect(heavy.status == 2 && heavy.errors.contains("a weight of 1 to 1000"))
        #expect(try bench("--limit", "nan").errors.contains("--limit"))
        // A server that is stopped answers nothing.
        server.signal(SIGSTOP)
        let stopped = try bench("--request", "GET /health")
        server.signal(SIGCONT)
        #expect(stopped.status != 0, "\(stopped.output)")
        server.signal(SIGKILL)
        server.waitUntilExit()
        #expect(try bench().errors.contains("takes no connection"))
    }
}
