// LATERAL TABLE(f(…)): the script's own functions, for each row of what stands before them.

import Foundation
import TestSupport
import Testing
import WeirEngine
import WeirPlanner
import WeirSQL

@Suite struct LateralTests {
    private static let tables = """
        CREATE TABLE orders (id BIGINT NOT NULL, customer STRING, price INT)
          WITH ('connector' = 'filesystem', 'path' = 'orders.csv', 'format' = 'csv');
        CREATE TABLE people (name STRING NOT NULL, bound INT)
          WITH ('connector' = 'filesystem', 'path' = 'people.csv', 'format' = 'csv');
        dearest(who STRING NOT NULL, most INT) := SELECT id, price FROM orders
          WHERE customer = :who AND price <= :most ORDER BY price DESC, id LIMIT 2;
        spent(who STRING NOT NULL) := SELECT COUNT(*) AS n, SUM(price) AS total FROM orders
          WHERE customer = :who;

        """

    private static let files = [
        "orders.csv": "1,ann,10\n2,bob,7\n3,ann,30\n4,ann,20\n5,bob,50\n6,,99\n",
        "people.csv": "ann,25\nbob,60\ncy,10\n",
    ]

    @Test(arguments: ["store", "stream"]) func functionsTakeColumns(_ engine: String) throws {
        let harness = try PipelineHarness(
            Self.tables + """
                /*+ engine(\(engine)) */ A := SELECT p.name, d.id, d.price FROM people p
                  CROSS JOIN LATERAL TABLE(dearest(p.name, p.bound)) AS d;
                /*+ engine(\(engine)) */ B := SELECT p.name, d.id FROM people p
                  LEFT JOIN LATERAL TABLE(dearest(most => p.bound - 20, who => p.name)) AS d ON TRUE;
                /*+ engine(\(engine)) */ C := SELECT p.name, s.n, s.total FROM people p,
                  LATERAL TABLE(spent(UPPER(LOWER(p.name)))) AS s (n, total);
                /*+ engine(\(engine)) */ D := SELECT p.name, s.n, s.total FROM people p,
                  LATERAL TABLE(spent(p.name)) AS s (n, total);
                """, files: Self.files)
        try harness.run()
        #expect(
            try harness.query("SELECT * FROM A ORDER BY name, id")
                == ["ann|1|10", "ann|4|20", "bob|2|7", "bob|5|50"])
        #expect(
            try harness.query("SELECT * FROM B ORDER BY name, id")
                == ["ann|NULL", "bob|2", "cy|NULL"])
        #expect(
            try harness.query("SELECT * FROM C ORDER BY name")
                == ["ann|0|NULL", "bob|0|NULL", "cy|0|NULL"])
        #expect(
            try harness.query("SELECT * FROM D ORDER BY name")
                == ["ann|3|60", "bob|2|57", "cy|0|NULL"])
        #expect(try unbalancedStages(harness) == [])
    }

    @Test(arguments: [
        ("LATERAL TABLE(dearest(p.name))", ["ok"]),
        ("LATERAL TABLE(dearest(p.price, 1))", ["unknown-column"]),
        ("LATERAL TABLE(dearest(p.name, 1, 2))", ["bad-arguments"]),
        ("LATERAL TABLE(dearer(p.name, 1))", ["unknown-function"]),
        ("TABLE(dearest(p.name, 1))", ["unknown-table"]),
    ]) func mistakesAreNamed(_ call: String, _ codes: [String]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "s.sqrl", Self.tables + "A := SELECT p.name FROM people p CROSS JOIN \(call) AS d;")
        let found = Engine.compile(try Project(path: path)).diagnostics.filter {
            $0.severity == .error
        }
        #expect(found.isEmpty ? codes == ["ok"] : found.map(\.code) == codes, "\(found)")
        if codes == ["unknown-table"] {
            #expect(found.first?.hint == "write LATERAL TABLE(…) to use columns of it")
        }
    }
}
