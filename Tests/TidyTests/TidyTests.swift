// The style of the repository, as a test.

import Foundation
import TestSupport
import Testing

@Suite struct TidyTests {
    private static let sources =
        Repository.files(in: "Sources", ending: ".swift")
        + Repository.files(in: "Tests", ending: ".swift")

    @Test("files are short and begin with their role", arguments: sources)
    func file(_ path: String) throws {
        let lines = try Repository.text(path).split(
            separator: "\n", omittingEmptySubsequences: false)
        let limit = path.hasPrefix("Sources") ? 450 : 600
        #expect(lines.count <= limit, "\(path) has \(lines.count) lines")
        let first = lines.first.map(String.init) ?? ""
        #expect(first.hasPrefix("// "), "\(path) does not say what it is for")
        for (number, line) in lines.enumerated() {
            #expect(line.count <= 160, "\(path):\(number + 1) is too long")
            #expect(line.last != " ", "\(path):\(number + 1) ends with a space")
        }
    }

    /// Calls with a better way, and what that is.
    private static let banned: [(call: String, better: String)] = [
        ("try!", "handle the error"), ("fatalError(", "return an error or state an invariant"),
        ("as! ", "as?"), ("print(", "Console"), ("Thread.sleep", "wait for a condition"),
        ("usleep(", "wait for a condition"), ("String(format:", "padded, Format"),
        ("Dictionary(grouping:", "a loop"), ("TO" + "DO", "finish it or file an issue"),
        ("FIX" + "ME", "finish it or file an issue"),
    ]

    @Test(
        "nobody uses what has a better way", arguments: sources.filter { $0.hasPrefix("Sources") })
    func bannedCalls(_ path: String) throws {
        let text = try Repository.text(path)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[
                0]
            for (call, better) in Self.banned where code.contains(call) {
                let isOwn =
                    call == "print(" && (code.contains("SQLPrinter") || path.contains("Printer"))
                #expect(isOwn, "\(path):\(number + 1) uses \(call); better: \(better)")
            }
        }
    }

    @Test("unchecked Sendable carries a proof", arguments: sources)
    func sendability(_ path: String) throws {
        let text = try Repository.text(path)
        guard path.hasPrefix("Sources"), text.contains(": @unchecked Sendable") else { return }
        #expect(text.contains("`@unchecked Sendable` holds because"), "\(path)")
    }

    @Test func nothingNamesThisMachine() throws {
        let files =
            Self.sources + Repository.files(in: "docs", ending: ".md")
            + ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "Makefile", ".ci/run"]
        let forbidden = ["/" + "root/", "/" + "work/", "." + "library"]
        for path in files {
            let text = try Repository.text(path)
            for word in forbidden { #expect(!text.contains(word), "\(path) names \(word)") }
        }
    }

    @Test func everyDependencyHasItsReason() throws {
        let manifest = try Repository.text("Package.swift")
        let reasons = try Repository.text("docs/dependencies.md")
        for line in manifest.split(separator: "\n") where line.contains("https://github.com/") {
            let name = line.split(separator: "/").last?.prefix { $0 != "\"" } ?? ""
            #expect(reasons.contains(name), "docs/dependencies.md does not mention \(name)")
        }
    }
}
