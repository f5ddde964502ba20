// "Did you mean": the nearest known name to a misspelt one.

/// The candidate nearest to a name, when it is near enough to be meant.
///
/// Distance is Damerau-Levenshtein (optimal string alignment) without regard to case; at most a
/// third of the name may differ.
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8)
    guard wanted.count <= 128 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let other = Array(candidate.lowercased().utf8)
        guard abs(other.count - wanted.count) <= 4, other.count <= 128 else { continue }
        let distance = editDistance(wanted, other)
        if distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    guard let best, best.distance <= max(1, wanted.count / 3) else { return nil }
    return best.name
}

private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for (row, leftByte) in left.enumerated() {
        var current = [row + 1]
        current.reserveCapacity(right.count + 1)
        for (column, rightByte) in right.enumerated() {
            let substitution = previous[column] + (leftByte == rightByte ? 0 : 1)
            var cost = min(previous[column + 1] + 1, current[column] + 1, substitution)
            if row > 0, column > 0, leftByte == right[column - 1], left[row - 1] == rightByte {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        beforePrevious = previous
        previous = current
    }
    return previous[right.count]
}
