// Answers that may be old: how much of them is kept, and which go first.

import Testing
import WeirColumnar
import WeirGraphQL

@testable import WeirServer

@Suite struct ResultCacheTests {
    private static func key(_ query: String) -> ResultCache.Key {
        ResultCache.Key(GraphQLParameters(query: query, variables: .object([])), .anonymous)
    }

    @Test func theOldestGoFirst() {
        let cache = ResultCache(entries: 100, bytes: 1 << 20)
        for number in 0..<1000 {
            cache.keep([1], count: number, Self.key("\(number)"), seconds: 3600)
        }
        #expect(cache.answer(Self.key("0")) == nil)
        #expect(cache.answer(Self.key("999"))?.count == 999)
        let kept = (0..<1000).filter { cache.answer(Self.key("\($0)")) != nil }
        #expect((50...100).contains(kept.count))
        #expect(kept == Array((1000 - kept.count)..<1000))
    }

    @Test func bytesAreBounded() {
        let cache = ResultCache(entries: 1000, bytes: 1 << 20)
        let body = [UInt8](repeating: 1, count: 100 << 10)
        for number in 0..<50 {
            cache.keep(body, count: 0, Self.key("\(number)"), seconds: 3600)
        }
        let kept = (0..<50).filter { cache.answer(Self.key("\($0)")) != nil }
        #expect((5...10).contains(kept.count))
        // One that is too large keeps the others.
        cache.keep([UInt8](repeating: 1, count: 1 << 20), count: 0, Self.key("x"), seconds: 3600)
        #expect(cache.answer(Self.key("x")) == nil)
        #expect(cache.answer(Self.key("49")) != nil)
        #expect(MemoryLayout<ResultCache.Key>.size <= 64)
    }
}
