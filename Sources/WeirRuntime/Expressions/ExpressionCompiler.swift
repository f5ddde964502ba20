// What each kind of expression does with a batch.

import WeirColumnar
import WeirFunctions
import WeirPlanner

struct ExpressionCompiler {
    typealias Body = CompiledExpression.Body

    let shared: SharedExpressions

    func compile(_ expression: BoundExpression) -> Body {
        shared.sharing(expression, body(expression))
    }

    private func body(_ expression: BoundExpression) -> Body {
        let kind = expression.type.kind
        switch expression.node {
        case .column(let index): return { batch, _ in batch.columns[index] }
        case .field(let operand, let index):
            guard case .row(let fields) = operand.type.kind else {
                return constant(.null, kind.physical)
            }
            return unary(operand) { column, count in
                NestedAccess.field(column, name: fields[index].name, kind: kind, count: count)
            }
        case .element(let operand, let key):
            let types = (operand.type.kind, key.type.kind)
            return binary(operand, key) { container, key, count, _ in
                NestedAccess.element(
                    container, key, of: types.0, keyKind: types.1, kind: kind, count: count)
            }
        case .construct(let items):
            let inner = items.map(compile)
            let kinds = items.map(\.type.kind)
            return { batch, errors in
                NestedAccess.construct(
                    inner.map { $0(batch, errors) }, kinds, kind, count: batch.count)
            }
        case .aggregate, .over, .parameter, .outer:
            preconditionFailure("the planner names these to the user instead of running them")
        case .literal(let scalar): return constant(scalar, kind.physical)
        case .arithmetic(let symbol, let left, let right):
            let types = (left.type.kind, right.type.kind, kind)
            return binary(left, right) { first, second, count, errors in
                Arithmetic.apply(symbol, first, second, types: types, count: count, errors: errors)
            }
        case .shift(let operand, let by, let isBack): return shift(operand, by, isBack)
        case .negate(let operand):
            return unary(operand) { Arithmetic.negate($0, kind: kind, count: $1) }
        case .comparison(let symbol, let left, let right):
            return binary(left, right) { first, second, count, _ in
                Comparison.apply(symbol, first, second, count: count)
            }
        case .distinct(let left, let right, let negated):
            return binary(left, right) { first, second, count, _ in
                Comparison.distinct(first, second, negated: negated, count: count)
            }
        case .and(let left, let right): return logic(left, right, decisive: false)
        case .or(let left, let right): return logic(left, right, decisive: true)
        case .not(let operand): return unary(operand) { Logic.not($0, count: $1) }
        case .isNull(let operand, let negated): return isNull(operand, negated)
        case .isTrue(let operand, let value, let negated):
            return unary(operand) { column, count in
                let tested = value ? column : Logic.not(column, count: count)
                let flags = Logic.isTrue(tested, count: count)
                return Column(.bool(negated ? flags.map { $0 ^ 1 } : flags))
            }
        case .inSet(let operand, let values, let hasNull, let negated):
            return unary(operand) { column, count in
                Membership.test(column, values, hasNull: hasNull, negated: negated, count: count)
            }
        case .like(let operand, let pattern, let escape, let negated):
            return binary(operand, pattern) { text, pattern, count, _ in
                LikePattern.apply(text, pattern, escape: escape, negated: negated, count: count)
            }
        case .choose(let conditions, let values, let otherwise):
            return choose(conditions, values, otherwise, kind)
        case .cast(let operand, let isTry):
            let inner = compile(operand)
            let from = operand.type.kind
            return { batch, errors in
                Cast.apply(
                    inner(batch, errors), from: from, to: kind, isTry: isTry, count: batch.count,
                    errors: errors)
            }
        case .call(let name, let arguments): return call(name, arguments, kind)
        case .window(let part, let operand, let size, let offset):
            return unary(operand) { column, count in
                WindowBounds.column(part, column, size: size, offset: offset, count: count)
            }
        }
    }

    private func unary(
        _ operand: BoundExpression, _ kernel: @escaping (Column, Int) -> Column
    ) -> Body {
        let inner = compile(operand)
        return { batch, errors in kernel(inner(batch, errors), batch.count) }
    }

    private func binary(
        _ left: BoundExpression, _ right: BoundExpression,
        _ kernel: @escaping (Column, Column, Int, RowErrors) -> Column
    ) -> Body {
        let first = compile(left)
        let second = compile(right)
        return { batch, errors in
            kernel(first(batch, errors), second(batch, errors), batch.count, errors)
        }
    }

    /// A constant column, made for the largest batch seen and shared.
    private func constant(_ scalar: Scalar, _ physical: PhysicalType) -> Body {
        var cached = Column.constant(scalar, physical: physical, count: 0)
        return { batch, _ in
            if cached.count < batch.count || (cached.validity != nil && cached.count != batch.count)
            {
                cached = .constant(scalar, physical: physical, count: batch.count)
            }
            return cached
        }
    }

    private func isNull(_ operand: BoundExpression, _ negated: Bool) -> Body {
        unary(operand) { column, count in
            let value: UInt8 = negated ? 1 : 0
            var flags = [UInt8](repeating: value, count: count)
            if let validity = column.validity {
                for row in 0..<count where !validity[row] { flags[row] = value ^ 1 }
            }
            return Column(.bool(flags))
        }
    }

    /// AND and OR; errors of the right side count only where the left has not decided.
    private func logic(
        _ left: BoundExpression, _ right: BoundExpression, decisive: Bool
    ) -> Body {
        let first = compile(left)
        let second = compile(right)
        return { batch, errors in
            let leftColumn = first(batch, errors)
            let rightErrors = RowErrors()
            let rightColumn = second(batch, rightErrors)
            if !rightErrors.isEmpty {
                let flags = leftColumn.boolValues
                let decided: UInt8 = decisive ? 1 : 0
                errors.merge(rightErrors) { row in
                    leftColumn.isNull(row) || flags[row] != decided
                }
            }
            return decisive
                ? Logic.or(leftColumn, rightColumn, count: batch.count)
                : Logic.and(leftColumn, rightColumn, count: batch.count)
        }
    }

    /// CASE: all branches are computed, each row takes one; only that one's errors count.
    private func choose(
        _ conditions: [BoundExpression], _ values: [BoundExpression],
        _ otherwise: BoundExpression, _ kind: DataType.Kind
    ) -> Body {
        let tests = conditions.map(compile)
        let results = values.map(compile)
        let last = compile(otherwise)
        return { batch, errors in
            let count = batch.count
            var open = [UInt8](repeating: 1, count: count)
            var masks: [[UInt8]] = []
            for test in tests {
                let testErrors = RowErrors()
                var mask = Logic.isTrue(test(batch, testErrors), count: count)
                errors.merge(testErrors) { open[$0] != 0 }
                for row in 0..<count {
                    mask[row] &= open[row]
                    open[row] &= mask[row] ^ 1
                }
                masks.append(mask)
            }
            let lastErrors = RowErrors()
            var chosen = last(batch, lastErrors)
            errors.merge(lastErrors) { open[$0] != 0 }
            for (mask, result) in zip(masks, results) {
                let branchErrors = RowErrors()
                let branch = result(batch, branchErrors)
                errors.merge(branchErrors) { mask[$0] != 0 }
                chosen = Select.rows(mask, branch, chosen, count: count)
            }
            return chosen
        }
    }

    private func shift(
        _ operand: BoundExpression, _ by: BoundExpression, _ isBack: Bool
    ) -> Body {
        let isMonths = by.type.kind == .intervalMonths
        let kind = operand.type.kind
        if case .literal(.int64(let amount)) = by.node, !isMonths, kind.isTimestamp {
            let inner = compile(operand)
            let signed = isBack ? 0 &- amount : amount
            return { batch, errors in
                TimeShift.constant(
                    inner(batch, errors), by: signed, count: batch.count, errors: errors)
            }
        }
        return binary(operand, by) { time, interval, count, errors in
            TimeShift.apply(
                time, interval, kind: kind, isMonths: isMonths, isBack: isBack, count: count,
                errors: errors)
        }
    }

    private func call(
        _ name: String, _ arguments: [BoundExpression], _ kind: DataType.Kind
    ) -> Body {
        guard let function = FunctionRegistry.scalar(named: name) else {
            preconditionFailure("the binder only names registered functions")
        }
        let inner = arguments.map(compile)
        let types = arguments.map(\.type.kind)
        return { batch, errors in
            let callErrors = RowErrors()
            let columns = inner.map { $0(batch, errors) }
            let result = function.kernel(
                FunctionCall(
                    arguments: columns, types: types, result: kind, count: batch.count,
                    errors: callErrors))
            errors.merge(callErrors) { row in
                function.refusesNulls || !columns.contains { $0.isNull(row) }
            }
            return result
        }
    }
}
