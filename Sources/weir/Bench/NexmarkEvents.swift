// Events of the Nexmark benchmark, the same for the same seed.
//
// The rules (shares of kinds, hot keys, sizes, times) are those of the public Nexmark generator for
// Flink; values come from a generator of our own, so that other engines can be given the same file.

import Foundation
import WeirColumnar

/// Writes events as lines of CSV: one wide table, of which each kind fills its own columns.
struct NexmarkEvents {
    /// Events a second of event time.
    static let rate = 10_000
    /// 2015-07-15 00:00:00 in milliseconds since 1970.
    private static let start: Int64 = 1_436_918_400_000
    private static let firstID = 1000
    private static let hotEvery = 100
    private static let inFlight = 100
    private static let active = 1000
    private static let lead = 10
    private static let cities = [
        "Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond",
        "Seattle", "Kent", "Cheyenne",
    ]
    private static let states = ["AZ", "CA", "ID", "OR", "WA", "WY"]
    private static let firstNames = [
        "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter",
        "Walter",
    ]
    private static let lastNames = [
        "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris",
    ]
    private static let hotChannels = ["Google", "Facebook", "Baidu", "Apple"]

    private var state: UInt64
    private var line: [UInt8] = []
    private let hotURLs: [String]
    private let channels: [(name: String, url: String)]
    private var shownSecond: Int64 = -1
    private var shownTime: [UInt8] = []

    init(seed: UInt64) {
        state = seed
        var source = Random(state: seed ^ 0x5851_F42D_4C95_7F2D)
        hotURLs = Self.hotChannels.map { _ in source.url() }
        channels = (0..<10_000).map { number in
            var url = source.url()
            if source.below(10) > 0 {
                url += "&channel_id=\(Self.reversed(UInt32(number)))"
            }
            return ("channel-\(number)", url)
        }
    }

    /// Writes the first events to a file.
    ///
    /// - Parameter progress: gets the number of events written so far, now and then.
    /// - Throws: when the file cannot be written.
    mutating func write(_ count: Int, to path: String, progress: (Int) -> Void) throws {
        let part = path + ".part"
        _ = FileManager.default.createFile(atPath: part, contents: nil)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: part))
        var random = Random(state: state)
        line.reserveCapacity(5 << 20)
        for number in 0..<count {
            append(number, &random)
            if line.count > 4 << 20 {
                try file.write(contentsOf: line)
                line.removeAll(keepingCapacity: true)
                progress(number)
            }
        }
        try file.write(contentsOf: line)
        line = []
        try file.close()
        try FileManager.default.moveItem(atPath: part, toPath: path)
    }

    // MARK: One event

    private mutating func append(_ number: Int, _ random: inout Random) {
        let millis = Int64(number) * 1000 / Int64(Self.rate)
        switch number % 50 {
        case 0: person(number, millis, &random)
        case 1...3: auction(number, millis, &random)
        default: bid(number, millis, &random)
        }
        line.append(UInt8(ascii: "\n"))
    }

    private mutating func person(_ number: Int, _ millis: Int64, _ random: inout Random) {
        let name = random.pick(Self.firstNames) + " " + random.pick(Self.lastNames)
        let email = random.word(7) + "@" + random.word(5) + ".com"
        let card = (0..<4).map { _ in String(10_000 + random.below(10_000)).dropFirst() }
            .joined(separator: " ")
        let (city, state) = (random.pick(Self.cities), random.pick(Self.states))
        let size = 8 + name.count + email.count + card.count + city.count + state.count
        begin(0, millis)
        extra(200 - size, &random)
        field(Self.lastPerson(number) + Self.firstID)
        for text in [name, email, card, city, state] { field(text) }
        line.append(contentsOf: repeatElement(UInt8(ascii: ","), count: 13))
    }

    private mutating func auction(_ number: Int, _ millis: Int64, _ random: inout Random) {
        let item = random.word(20)
        let description = random.word(100)
        let initial = random.price()
        let seller =
            random.below(4) > 0
            ? Self.lastPerson(number) / Self.hotEvery * Self.hotEvery : Self.person(number, &random)
        let horizon = Self.inFlight * 50 / 3 * 1000 / Self.rate
        let expires = millis + 1 + Int64(random.below(max(1, 2 * horizon)))
        begin(1, millis)
        extra(500 - item.count - description.count - 48, &random)
        line.append(contentsOf: repeatElement(UInt8(ascii: ","), count: 6))
        field(Self.lastAuction(number) + Self.firstID)
        field(item)
        field(description)
        field(initial)
        field(initial + random.price())
        line.append(UInt8(ascii: ","))
        time(expires)
        field(seller + Self.firstID)
        field(10 + random.below(5))
        line.append(contentsOf: repeatElement(UInt8(ascii: ","), count: 5))
    }

    private mutating func bid(_ number: Int, _ millis: Int64, _ random: inout Random) {
        let auction =
            random.below(2) > 0
            ? Self.lastAuction(number) / Self.hotEvery * Self.hotEvery
            : Self.auction(number, &random)
        let bidder =
            random.below(4) > 0
            ? Self.lastPerson(number) / Self.hotEvery * Self.hotEvery + 1
            : Self.person(number, &random)
        begin(2, millis)
        let place = random.below(4)
        let isHot = random.below(2) > 0
        let channel = channels[random.below(10_000)]
        extra(100 - 32, &random)
        line.append(contentsOf: repeatElement(UInt8(ascii: ","), count: 14))
        field(auction + Self.firstID)
        // The public generator adds the first number twice.
        field(bidder + 2 * Self.firstID)
        field(random.price())
        field(isHot ? Self.hotChannels[place] : channel.name)
        field(isHot ? hotURLs[place] : channel.url)
    }

    // MARK: Numbers

    private static func lastPerson(_ number: Int) -> Int { number / 50 }

    private static func lastAuction(_ number: Int) -> Int {
        let (epoch, offset) = (number / 50, number % 50)
        if offset < 1 { return max(0, (epoch - 1) * 3 + 2) }
        return epoch * 3 + (offset >= 4 ? 2 : offset - 1)
    }

    private static func person(_ number: Int, _ random: inout Random) -> Int {
        let people = lastPerson(number) + 1
        let recent = min(people, active)
        return people - recent + random.below(recent + lead)
    }

    private static func auction(_ number: Int, _ random: inout Random) -> Int {
        let last = lastAuction(number)
        let low = max(last - inFlight, 0)
        return low + random.below(last - low + 1 + lead)
    }

    private static func reversed(_ number: UInt32) -> Int64 {
        var result: UInt32 = 0
        for bit in 0..<32 where number & (1 << UInt32(bit)) != 0 { result |= 1 << UInt32(31 - bit) }
        return abs(Int64(Int32(bitPattern: result)))
    }

    // MARK: Text

    private mutating func begin(_ kind: Int, _ millis: Int64) {
        line.append(UInt8(ascii: "0") + UInt8(kind))
        line.append(UInt8(ascii: ","))
        time(millis)
    }

    private mutating func field(_ text: String) {
        line.append(UInt8(ascii: ","))
        line.append(contentsOf: text.utf8)
    }

    private mutating func field(_ number: Int) { field(String(number)) }

    private mutating func time(_ millis: Int64) {
        let second = (Self.start + millis) / 1000
        if second != shownSecond {
            shownSecond = second
            let micros = second * 1_000_000
            shownTime = ValueText.bytes(.int64(micros), kind: .timestamp(0))
        }
        line += shownTime
        line.append(contentsOf: ".\(String(1000 + millis % 1000).dropFirst())".utf8)
    }

    /// Letters that bring an event to about its size.
    private mutating func extra(_ missing: Int, _ random: inout Random) {
        line.append(UInt8(ascii: ","))
        guard missing > 0 else { return }
        let spread = missing / 5
        let length = missing - spread + random.below(max(1, 2 * spread))
        for _ in 0..<length { line.append(UInt8(ascii: "a") + UInt8(random.below(26))) }
    }
}

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
private struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }

    mutating func pick(_ items: [String]) -> String { items[below(items.count)] }

    /// Three letters or more; one in thirteen is a space.
    mutating func word(_ longest: Int) -> String {
        let length = 3 + below(longest - 3)
        var text = ""
        for position in 0..<length {
            let letter = UInt8(ascii: "a") + UInt8(below(26))
            let isSpace = below(13) == 0 && position > 0 && position < length - 1
            text.unicodeScalars.append(isSpace ? " " : Unicode.Scalar(letter))
        }
        return text
    }

    mutating func url() -> String {
        let parts = (0..<3).map { _ in word(5).replacingOccurrences(of: " ", with: "_") }
        return "https://www.nexmark.com/\(parts.joined(separator: "/"))/item.htm?query=1"
    }

    /// Cents, spread evenly over the orders of magnitude.
    mutating func price() -> Int {
        let share = Double(next() >> 11) / Double(1 << 53)
        return Int((pow(10, share * 6) * 100).rounded())
    }
}
