// `weir run` as a server: addresses, and `kill -9` while clients write.

import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct ServingTests {
    private static let script = """
        /*+ engine(log) */
        CREATE TABLE Review (id STRING NOT NULL METADATA FROM 'uuid', n BIGINT NOT NULL,
          at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp');
        Counts := SELECT n % 7 AS k, COUNT(*) AS n FROM Review GROUP BY n % 7;
        New := SUBSCRIBE SELECT n FROM Review;
        """

    /// Writes rows until the server is gone; the numbers of those that it has acknowledged.
    private static func write(_ port: Int, from first: Int) -> [Int] {
        var acknowledged: [Int] = []
        guard let connection = try? RawConnection(port: port) else { return [] }
        for number in first... {
            let body = "{\"query\":\"mutation { Review(event: {n: \(number)}) { id } }\"}"
            connection.send(
                "POST /v1/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            guard let answer = try? connection.answer(), answer.text.contains("\"id\":\"") else {
                return acknowledged
            }
            acknowledged.append(number)
        }
        return acknowledged
    }

    @Test func acknowledgedWritesSurviveKills() throws {
        let folder = try TemporaryFolder()
        try folder.write("p.sqrl", Self.script)
        var random = SeededRandom(seed: UInt64(Date().timeIntervalSince1970))
        var acknowledged: [Int] = []
        for round in 0..<12 {
            let server = try ServedProgram(
                folder, ["run", "p.sqrl", "--store", "s.db", "--quiet", "--listen", "127.0.0.1:0"])
            let written = Mutex<[Int]>([])
            let done = DispatchGroup()
            for client in 0..<3 {
                done.enter()
                Thread.detachNewThread { [port = server.port] in
                    let found = Self.write(port, from: (round * 3 + client) * 100_000)
                    written.withLock { $0 += found }
                    done.leave()
                }
            }
            let moment = 0.02 + Double(random.below(1000)) / 1000 * 0.6
            _ = Program.wait(seconds: moment) { !server.process.isRunning }
            server.process.signal(SIGKILL)
            server.process.waitUntilExit()
            #expect(done.wait(timeout: .now() + 60) == .success)
            acknowledged += written.withLock { $0 }
        }
        #expect(acknowledged.count > 12)
        let last = try Program.run(
            Program.weir, ["run", "p.sqrl", "--store", "s.db", "--once", "--quiet"],
            folder: folder.path)
        #expect(last.status == 0, "\(last.errors)")
        func column(_ sql: String) throws -> [Int] {
            let result = try Program.run(
                Program.weir,
                ["query", "--store", "s.db", "--format", "csv", "--limit", "1000000", sql],
                folder: folder.path)
            return result.output.split(separator: "\n").dropFirst().compactMap { Int($0) }
        }
        let stored = try column("SELECT n FROM Review")
        #expect(Set(stored).count == stored.count, "seed \(random.seed): a row is there twice")
        #expect(
            Set(acknowledged).isSubset(of: stored),
            "seed \(random.seed): an acknowledged row is gone")
        #expect(try column("SELECT sum(n) FROM Counts") == [stored.count])
        #expect(try column("SELECT n FROM New_events").sorted() == stored.sorted())
    }

    @Test func anAddressThatIsTakenEndsTheRun() throws {
        let folder = try TemporaryFolder()
        try folder.write("p.sqrl", Self.script)
        let server = try ServedProgram(
            folder, ["run", "p.sqrl", "--store", "a.db", "--listen", "127.0.0.1:0"])
        let second = try Program.run(
            Program.weir,
            ["run", "p.sqrl", "--store", "b.db", "--listen", "127.0.0.1:\(server.port)"],
            folder: folder.path)
        #expect(second.status == 1)
        #expect(second.errors.contains("another program does"), "\(second.errors)")
        server.process.signal(SIGTERM)
        server.process.waitUntilExit()
        #expect(server.process.terminationStatus == 130)
        let wrong = try Program.run(
            Program.weir, ["run", "p.sqrl", "--listen", "nowhere:x"], folder: folder.path)
        #expect(wrong.status != 0)
        #expect(wrong.errors.contains("--listen takes HOST, HOST:PORT"))
    }

    /// The files are read, the rows are there to be asked for, the log says who asked.
    @Test func theSampleIsServed() throws {
        let folder = try TemporaryFolder()
        let server = try ServedProgram(
            folder,
            [
                "run", Repository.path("sample-data/nyc-flights/flights.sqrl"), "--store", "f.db",
                "--listen", "127.0.0.1:0", "--access-log",
            ])
        let ended = try Program.wait(seconds: 60) {
            try server.text().contains("all input is read")
        }
        #expect(ended)
        let connection = try RawConnection(port: server.port)
        connection.send(
            "GET /v1/rest/queries/RoutesFrom?airport=JFK&limit=1 HTTP/1.1\r\nHost: localhost\r\n"
                + "Accept: text/csv\r\nConnection: close\r\n\r\n")
        let answer = try connection.answer()
        #expect(answer.text.hasPrefix("origin,dest,flights,avg_delay,distance\r\nJFK,LAX,"))
        server.process.signal(SIGINT)
        server.process.waitUntilExit()
        #expect(server.process.terminationStatus == 0)
        #expect(try server.text().contains("GET /v1/rest/queries/RoutesFrom 200"))
    }
}
