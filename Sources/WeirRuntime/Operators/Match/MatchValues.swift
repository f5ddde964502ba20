// Values that expressions take from the rows of matches.

import WeirColumnar
import WeirFunctions
import WeirPlanner

/// Makes the columns of references: one row for each match.
struct MatchValues {
    let references: [MatchReference]
    let rows: KeyedRows
    let time: Int

    /// The columns that an expression reads, by number of the reference; the others are empty.
    func columns(
        _ wanted: Set<Int>, _ views: [MatchView], _ partitions: [MatchPartition],
        _ bounds: MatchBounds
    ) -> [Column] {
        references.enumerated().map { index, reference in
            guard wanted.contains(index) else { return Column(.int64([])) }
            return values(reference, views, partitions, bounds)
        }
    }

    /// The same where all that is read are values of the rows themselves.
    func own(_ wanted: Set<Int>, _ due: [Int32]) -> [Column] {
        references.enumerated().map { index, reference in
            guard wanted.contains(index) else { return Column(.int64([])) }
            return rows.values(reference.column ?? time, due)
        }
    }

    private func values(
        _ reference: MatchReference, _ views: [MatchView], _ partitions: [MatchPartition],
        _ bounds: MatchBounds
    ) -> Column {
        let kind: MatchReference.Kind = reference.kind
        if case .aggregate(let function) = kind {
            return aggregate(function, reference, views, partitions, bounds)
        }
        let chosen = views.map { view -> Int32 in
            let own = reference.variable.map { view.rows(of: $0, bounds) } ?? view.start..<view.end
            let number: Int
            switch kind {
            case .first(let offset): number = own.lowerBound + min(offset, own.count)
            case .last(let offset): number = own.upperBound - 1 - min(offset, own.count)
            case .rowtime, .aggregate: number = view.end - 1
            }
            return own.contains(number) ? partitions[Int(view.partition)].row(number) : -1
        }
        return rows.values(reference.column ?? time, chosen, hasMissing: true)
    }

    private func aggregate(
        _ name: String, _ reference: MatchReference, _ views: [MatchView],
        _ partitions: [MatchPartition], _ bounds: MatchBounds
    ) -> Column {
        let function = FunctionRegistry.aggregate(named: name)
        let accumulator = function?.accumulator(
            reference.column.map { rows.types[$0].kind }, reference.type.kind, retracts: false,
            merges: false, isDistinct: false)
        guard let accumulator else {
            return .nulls(reference.type.kind.physical, count: views.count)
        }
        var taken: [Int32] = []
        var groups: [Int32] = []
        for (group, view) in views.enumerated() {
            let own = reference.variable.map { view.rows(of: $0, bounds) } ?? view.start..<view.end
            for number in own { taken.append(partitions[Int(view.partition)].row(number)) }
            groups.append(contentsOf: repeatElement(Int32(group), count: own.count))
        }
        accumulator.grow(to: views.count)
        accumulator.accumulate(
            reference.column.map { rows.values($0, taken) }, groups: groups, kinds: nil)
        return accumulator.results(views.indices.map(Int32.init))
    }
}
