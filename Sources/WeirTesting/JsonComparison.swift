// What is different between two JSON values.

package import WeirColumnar

/// One difference.
package struct JsonDifference: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case changed
        case missing
        case unexpected
        /// The same row at another place.
        case moved
    }

    /// From the root, as in `data.Customer`; empty at the root.
    package let path: String
    /// The row of the list at the path, from 0 in what was got, or in the snapshot when it is
    /// missing.
    package let row: Int?
    /// What tells the row from others: its first value.
    package let identity: String?
    /// Below the path and row, as in `address.city`.
    package let column: String
    package let kind: Kind
    package let expected: JsonValue?
    package let actual: JsonValue?
}

struct JsonComparison {
    /// Paths of lists in which the order of the items is of no matter.
    let unordered: Set<String>
    private(set) var differences: [JsonDifference] = []
    /// Lists whose items are matched with each other; longer ones are compared item by item.
    private static let matchedItems = 1_000

    init(_ expected: JsonValue, _ actual: JsonValue, unordered: Set<String> = []) {
        self.unordered = unordered
        compare(
            CanonicalJson.value(expected), CanonicalJson.value(actual), expected, actual, Place())
    }

    private struct Place {
        var path = ""
        var row: Int?
        var identity: String?
        var column = ""

        /// One level down: a column inside of a row, a step of the path outside of one.
        func member(_ name: String) -> Place {
            var place = self
            if row == nil {
                place.path += path.isEmpty ? name : "." + name
            } else {
                place.column += column.isEmpty ? name : "." + name
            }
            return place
        }

        func item(_ index: Int, _ value: JsonValue) -> Place {
            var place = self
            if row == nil {
                place.row = index
                place.identity = Self.identity(of: value)
            } else {
                place.column += "[\(index)]"
            }
            return place
        }

        static func identity(of value: JsonValue) -> String? {
            guard case .object(let members) = value, let first = members.first,
                first.value.isScalar
            else { return nil }
            return "\(first.key) \(first.value.text)"
        }
    }

    /// - Parameters:
    ///   - left, right: the canonical values of `expected` and `actual`, which have their order and
    ///     spelling.
    private mutating func compare(
        _ left: JsonValue, _ right: JsonValue, _ expected: JsonValue, _ actual: JsonValue,
        _ place: Place
    ) {
        if left == right { return }
        switch (expected, actual) {
        case (.object(let old), .object(let new)):
            for member in old {
                let below = place.member(member.key)
                guard let other = new.first(where: { $0.isCalled(member.key) }) else {
                    add(.missing, member.value, nil, below)
                    continue
                }
                compare(
                    CanonicalJson.value(member.value), CanonicalJson.value(other.value),
                    member.value, other.value, below)
            }
            for member in new where !old.contains(where: { $0.isCalled(member.key) }) {
                add(.unexpected, nil, member.value, place.member(member.key))
            }
        case (.array(let old), .array(let new)): compareItems(old, new, place)
        default: add(.changed, expected, actual, place)
        }
    }

    private mutating func compareItems(
        _ old: [JsonValue], _ new: [JsonValue], _ place: Place
    ) {
        let left = old.map { CanonicalJson.value($0).text }
        let right = new.map { CanonicalJson.value($0).text }
        var (gone, come): ([Int], [Int])
        if unordered.contains(place.path) {
            (gone, come) = Self.differenceOfBags(left, right)
            if gone.isEmpty, come.isEmpty { return }
        } else if max(old.count, new.count) <= Self.matchedItems {
            (gone, come) = Self.differenceOfLists(left, right)
        } else {
            let common = min(old.count, new.count)
            gone = (0..<old.count).filter { $0 >= common || left[$0] != right[$0] }
            come = (0..<new.count).filter { $0 >= common || left[$0] != right[$0] }
        }
        for (from, to) in pairs(gone, come, old, new) {
            switch (from, to) {
            case (let from?, let to?) where left[from] == right[to]:
                add(.moved, .number(String(from)), .number(String(to)), place.item(to, new[to]))
            case (let from?, let to?):
                compare(
                    CanonicalJson.value(old[from]), CanonicalJson.value(new[to]), old[from],
                    new[to], place.item(to, new[to]))
            case (let from?, nil): add(.missing, old[from], nil, place.item(from, old[from]))
            case (nil, let to?): add(.unexpected, nil, new[to], place.item(to, new[to]))
            case (nil, nil): continue
            }
        }
    }

    /// Positions of items that only one of the lists has (Myers' algorithm, as the standard library
    /// has it).
    private static func differenceOfLists(
        _ old: [String], _ new: [String]
    ) -> (gone: [Int], come: [Int]) {
        var (gone, come): ([Int], [Int]) = ([], [])
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): gone.append(offset)
            case .insert(let offset, _, _): come.append(offset)
            }
        }
        return (gone.sorted(), come.sorted())
    }

    private static func differenceOfBags(
        _ old: [String], _ new: [String]
    ) -> (gone: [Int], come: [Int]) {
        var counts: [String: Int] = [:]
        for text in new { counts[text, default: 0] += 1 }
        var gone: [Int] = []
        for (index, text) in old.enumerated() {
            if let count = counts[text], count > 0 {
                counts[text] = count - 1
            } else {
                gone.append(index)
            }
        }
        var come: [Int] = []
        for (index, text) in new.enumerated().reversed() {
            guard let count = counts[text], count > 0 else { continue }
            counts[text] = count - 1
            come.append(index)
        }
        return (gone, come.sorted())
    }

    /// Rows of the two sides that are the same row with other values: those with the same first
    /// value, then those that are left in their order.
    private func pairs(
        _ gone: [Int], _ come: [Int], _ old: [JsonValue], _ new: [JsonValue]
    ) -> [(Int?, Int?)] {
        var open: [String: [Int]] = [:]
        for index in come {
            if let identity = Place.identity(of: new[index]) {
                open[identity, default: []].append(index)
            }
        }
        var partner: [Int: Int] = [:]
        for index in gone {
            guard let identity = Place.identity(of: old[index]), var same = open[identity],
                !same.isEmpty
            else { continue }
            partner[index] = same.removeFirst()
            open[identity] = same
        }
        let taken = Set(partner.values)
        var others = come.filter { !taken.contains($0) }[...]
        // Scalars have nothing that tells them apart: the first of one side is that of the other.
        for index in gone where partner[index] == nil && old[index].isScalar {
            if let other = others.popFirst() { partner[index] = other }
        }
        let paired: [(Int?, Int?)] = gone.map { ($0, partner[$0]) }
        return (paired + others.map { (nil, $0) }).sorted {
            ($0.1 ?? $0.0 ?? 0) < ($1.1 ?? $1.0 ?? 0)
        }
    }

    private mutating func add(
        _ kind: JsonDifference.Kind, _ expected: JsonValue?, _ actual: JsonValue?, _ place: Place
    ) {
        differences.append(
            JsonDifference(
                path: place.path, row: place.row, identity: place.identity, column: place.column,
                kind: kind, expected: expected, actual: actual))
    }
}
