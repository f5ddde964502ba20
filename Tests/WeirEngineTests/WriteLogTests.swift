// The log of writes as sources read it.

import Foundation
import TestSupport
import Testing
import WeirRuntime
import WeirStore

@Suite struct WriteLogTests {
    /// A source that has read all of its table waits, also when another table has later rows:
    /// otherwise it would ask SQLite again and again.
    @Test func sourcesWaitForTheirOwnTable() async throws {
        let folder = try TemporaryFolder()
        let log = try WriteLog(store: folder.path + "/a.db", isBounded: false)
        func append(_ table: String) async throws {
            try await withCheckedThrowingContinuation { continuation in
                _ = log.append(table: table) { _ in
                    ["{}"]
                } done: {
                    continuation.resume(with: $0)
                }
            }
        }
        try await append("quiet")
        try await append("busy")
        func wait(_ table: String, after number: Int64) throws -> UInt64 {
            let start = MonotonicClock.now()
            for _ in 0..<5 {
                #expect(try log.next(table: table, after: number, most: 10)?.isEmpty == true)
            }
            return MonotonicClock.now() - start
        }
        #expect(try log.next(table: "quiet", after: 0, most: 10)?.map(\.number) == [1])
        let last = try wait("busy", after: 2)
        let earlier = try wait("quiet", after: 1)
        #expect(earlier > last / 5, "\(earlier) ns, \(last) ns")
        try await append("quiet")
        #expect(try log.next(table: "quiet", after: 1, most: 10)?.map(\.number) == [3])
        try log.release()

        let again = try WriteLog(store: folder.path + "/a.db", isBounded: true)
        #expect(try again.next(table: "busy", after: 0, most: 10)?.map(\.number) == [2])
        #expect(try again.next(table: "quiet", after: 3, most: 10) == nil)
        try again.release()

        // A log that was removed goes on behind what the store has read.
        let new = try WriteLog(store: folder.path + "/b.db", isBounded: false, read: 10)
        try await withCheckedThrowingContinuation { continuation in
            _ = new.append(table: "busy") { _ in
                ["{}"]
            } done: {
                continuation.resume(with: $0)
            }
        }
        #expect(try new.next(table: "busy", after: 10, most: 10)?.map(\.number) == [11])
        try new.release()
    }

    /// A program that another thread is starting has copies of all descriptors until its image is
    /// loaded. The one here waits at that point, opening a pipe without a reader.
    @Test func locksEndWhileAProgramIsBeingStarted() throws {
        let folder = try TemporaryFolder()
        let (started, pipe) = (folder.path + "/started", folder.path + "/pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        let log = try WriteLog(store: folder.path + "/a.db", isBounded: false)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [path = folder.path] in
            let child = try? Program.start(
                "/bin/true", [], folder: path, output: URL(fileURLWithPath: started),
                errors: URL(fileURLWithPath: pipe))
            child?.waitUntilExit()
            ended.signal()
        }
        let isWaiting = Program.wait(seconds: 30) {
            FileManager.default.fileExists(atPath: started)
        }
        let again = Result {
            try log.release()
            return try WriteLog(store: folder.path + "/a.db", isBounded: false)
        }
        let reader = open(pipe, O_RDONLY)
        ended.wait()
        close(reader)
        #expect(isWaiting)
        try again.get().release()
    }
}
