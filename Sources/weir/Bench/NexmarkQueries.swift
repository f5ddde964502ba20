// The queries of the Nexmark benchmark, and four for joins and windows that it lacks.

/// A query over the tables of `NexmarkQueries.tables`.
struct NexmarkQuery {
    let name: String
    let what: String
    let sql: String
    /// Why Flink 2.3 has no answer to compare with; nil when it has.
    var notInFlink: String?
}

enum NexmarkQueries {
    /// `${EVENTS}` and `${SIDE}` are replaced by the paths of the files.
    static let tables = """
        CREATE TABLE events (event_type INT, `dateTime` TIMESTAMP(3) NOT NULL, extra STRING,
          p_id BIGINT, p_name STRING, p_email STRING, p_card STRING, p_city STRING, p_state STRING,
          a_id BIGINT, a_item STRING, a_description STRING, a_initial BIGINT, a_reserve BIGINT,
          a_expires TIMESTAMP(3), a_seller BIGINT, a_category BIGINT,
          b_auction BIGINT, b_bidder BIGINT, b_price BIGINT, b_channel STRING, b_url STRING,
          WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND) WITH (
          'connector' = 'filesystem', 'path' = '${EVENTS}', 'format' = 'csv',
          'csv.null-literal' = '');
        CREATE VIEW person AS SELECT p_id AS id, p_name AS name, p_email AS emailAddress,
          p_card AS creditCard, p_city AS city, p_state AS state, `dateTime`, extra
          FROM events WHERE event_type = 0;
        CREATE VIEW auction AS SELECT a_id AS id, a_item AS itemName,
          a_description AS description, a_initial AS initialBid, a_reserve AS reserve, `dateTime`,
          a_expires AS expires, a_seller AS seller, a_category AS category, extra
          FROM events WHERE event_type = 1;
        CREATE VIEW bid AS SELECT b_auction AS auction, b_bidder AS bidder, b_price AS price,
          b_channel AS channel, b_url AS url, `dateTime`, extra FROM events WHERE event_type = 2;
        CREATE VIEW arrivals AS SELECT bidder, PROCTIME() AS came FROM bid;
        CREATE TABLE side_input (k BIGINT, v STRING) WITH ('connector' = 'filesystem',
          'path' = '${SIDE}', 'format' = 'csv');
        CREATE VIEW person_versions AS SELECT id, name, state, `dateTime` FROM (
          SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY `dateTime` DESC) AS rn FROM person)
          WHERE rn = 1;

        """

    static let all: [NexmarkQuery] = [
        NexmarkQuery(
            name: "q0", what: "pass through",
            sql: "SELECT auction, bidder, price, `dateTime`, extra FROM bid"),
        NexmarkQuery(
            name: "q1", what: "currency",
            sql: "SELECT auction, bidder, 0.908 * price AS euro, `dateTime`, extra FROM bid"),
        NexmarkQuery(
            name: "q2", what: "filter",
            sql: "SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0"),
        NexmarkQuery(
            name: "q3", what: "join of filters",
            sql: """
                SELECT p.name, p.city, p.state, a.id FROM auction a JOIN person p ON a.seller = p.id
                WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')
                """),
        NexmarkQuery(
            name: "q4", what: "average of highest bids",
            sql: """
                SELECT category, AVG(final) AS mean FROM (
                  SELECT MAX(b.price) AS final, a.category FROM auction a, bid b
                  WHERE a.id = b.auction AND b.`dateTime` BETWEEN a.`dateTime` AND a.expires
                  GROUP BY a.id, a.category) GROUP BY category
                """),
        NexmarkQuery(
            name: "q5", what: "hot items",
            sql: """
                SELECT a.auction, a.num FROM (
                  SELECT auction, COUNT(*) AS num, window_start, window_end FROM TABLE(HOP(TABLE bid,
                    DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
                  GROUP BY auction, window_start, window_end) a
                JOIN (SELECT MAX(num) AS most, window_start, window_end FROM (
                  SELECT COUNT(*) AS num, window_start, window_end FROM TABLE(HOP(TABLE bid,
                    DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
                  GROUP BY auction, window_start, window_end) GROUP BY window_start, window_end) m
                ON a.window_start = m.window_start AND a.window_end = m.window_end
                  AND a.num >= m.most
                """),
        NexmarkQuery(
            name: "q6", what: "average of the last ten winning bids",
            sql: """
                SELECT seller, AVG(price) OVER (PARTITION BY seller ORDER BY `dateTime`
                  ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS mean FROM (
                  SELECT a.id, a.seller, b.price, b.`dateTime`, ROW_NUMBER() OVER (
                    PARTITION BY a.id, a.seller ORDER BY b.price DESC) AS rn FROM auction a, bid b
                  WHERE a.id = b.auction AND b.`dateTime` BETWEEN a.`dateTime` AND a.expires)
                WHERE rn <= 1
                """, notInFlink: "bounded OVER by a column that is no event time"),
        NexmarkQuery(
            name: "q7", what: "highest bid of ten seconds",
            sql: """
                SELECT b.auction, b.price, b.bidder, b.`dateTime`, b.extra FROM bid b JOIN (
                  SELECT MAX(price) AS most, window_end AS ending FROM TABLE(TUMBLE(TABLE bid,
                    DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
                  GROUP BY window_start, window_end) m
                ON b.price = m.most
                WHERE b.`dateTime` BETWEEN m.ending - INTERVAL '10' SECOND AND m.ending
                """),
        NexmarkQuery(
            name: "q8", what: "new sellers",
            sql: """
                SELECT p.id, p.name, p.window_start FROM (
                  SELECT id, name, window_start, window_end FROM TABLE(TUMBLE(TABLE person,
                    DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
                  GROUP BY id, name, window_start, window_end) p
                JOIN (SELECT seller, window_start, window_end FROM TABLE(TUMBLE(TABLE auction,
                    DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
                  GROUP BY seller, window_start, window_end) a
                ON p.id = a.seller AND p.window_start = a.window_start
                  AND p.window_end = a.window_end
                """),
        NexmarkQuery(
            name: "q9", what: "winning bids",
            sql: """
                SELECT id, itemName, description, initialBid, reserve, opened, expires, seller,
                  category, about, auction, bidder, price, bidTime, bidExtra FROM (
                  SELECT a.id, a.itemName, a.description, a.initialBid, a.reserve,
                    a.`dateTime` AS opened, a.expires, a.seller, a.category, a.extra AS about,
                    b.auction, b.bidder, b.price, b.`dateTime` AS bidTime, b.extra AS bidExtra,
                    ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.`dateTime` ASC)
                      AS rn
                  FROM auction a, bid b
                  WHERE a.id = b.auction AND b.`dateTime` BETWEEN a.`dateTime` AND a.expires)
                WHERE rn <= 1
                """, notInFlink: "every row that was first for a while stays (a fault of 2.3)"),
        NexmarkQuery(
            name: "q10", what: "log by day and minute",
            sql: """
                SELECT auction, bidder, price, `dateTime`, extra,
                  DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS dt, DATE_FORMAT(`dateTime`, 'HH:mm') AS hm
                FROM bid
                """),
        NexmarkQuery(
            name: "q11", what: "sessions",
            sql: """
                SELECT bidder, COUNT(*) AS bids, window_start, window_end FROM TABLE(SESSION(
                  TABLE bid PARTITION BY bidder, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
                GROUP BY bidder, window_start, window_end
                """),
        NexmarkQuery(
            name: "q12", what: "windows by the clock",
            sql: """
                SELECT bidder, COUNT(*) AS bids, window_start, window_end FROM TABLE(TUMBLE(
                  TABLE arrivals, DESCRIPTOR(came), INTERVAL '10' SECOND))
                GROUP BY bidder, window_start, window_end
                """, notInFlink: "it counts by the clock"),
        NexmarkQuery(
            name: "q13", what: "join with a small table",
            sql: """
                SELECT b.auction, b.bidder, b.price, b.`dateTime`, s.v FROM bid b
                JOIN side_input s ON MOD(b.auction, 10000) = s.k
                """),
        NexmarkQuery(
            name: "q14", what: "calculation",
            sql: """
                SELECT auction, bidder, 0.908 * price AS euro, CASE
                    WHEN HOUR(`dateTime`) >= 8 AND HOUR(`dateTime`) <= 18 THEN 'dayTime'
                    WHEN HOUR(`dateTime`) <= 6 OR HOUR(`dateTime`) >= 20 THEN 'nightTime'
                    ELSE 'otherTime' END AS kind, `dateTime`, extra,
                  CHAR_LENGTH(extra) - CHAR_LENGTH(REPLACE(extra, 'c', '')) AS cs
                FROM bid WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000
                """),
        NexmarkQuery(
            name: "q15", what: "distinct counts by day", sql: counts(by: ["day"])),
        NexmarkQuery(
            name: "q16", what: "distinct counts by channel", sql: counts(by: ["channel", "day"])),
        NexmarkQuery(
            name: "q17", what: "statistics by auction",
            sql: """
                SELECT auction, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS dt, COUNT(*) AS total,
                  COUNT(*) FILTER (WHERE price < 10000) AS low,
                  COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS mid,
                  COUNT(*) FILTER (WHERE price >= 1000000) AS high, MIN(price) AS least,
                  MAX(price) AS most, AVG(price) AS mean, SUM(price) AS money
                FROM bid GROUP BY auction, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')
                """),
        NexmarkQuery(
            name: "q18", what: "last bid of each bidder",
            sql: """
                SELECT auction, bidder, price, channel, url, `dateTime`, extra FROM (SELECT *,
                  ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY `dateTime` DESC) AS rn
                  FROM bid) WHERE rn <= 1
                """),
        NexmarkQuery(
            name: "q19", what: "ten highest bids of each auction",
            sql: """
                SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction
                  ORDER BY price DESC) AS place FROM bid) WHERE place <= 10
                """),
        NexmarkQuery(
            name: "q20", what: "bids with their auctions",
            sql: """
                SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.`dateTime`, b.extra,
                  a.itemName, a.description, a.initialBid, a.reserve, a.`dateTime` AS opened,
                  a.expires, a.seller, a.category, a.extra AS about
                FROM bid b JOIN auction a ON b.auction = a.id WHERE a.category = 10
                """),
        NexmarkQuery(
            name: "q21", what: "channel numbers",
            sql: """
                SELECT auction, bidder, price, channel, CASE
                    WHEN LOWER(channel) = 'apple' THEN '0' WHEN LOWER(channel) = 'google' THEN '1'
                    WHEN LOWER(channel) = 'facebook' THEN '2' WHEN LOWER(channel) = 'baidu' THEN '3'
                    ELSE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2) END AS channel_id
                FROM bid WHERE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2) IS NOT NULL
                  OR LOWER(channel) IN ('apple', 'google', 'facebook', 'baidu')
                """),
        NexmarkQuery(
            name: "q22", what: "parts of addresses",
            sql: """
                SELECT auction, bidder, price, channel, SPLIT_INDEX(url, '/', 3) AS dir1,
                  SPLIT_INDEX(url, '/', 4) AS dir2, SPLIT_INDEX(url, '/', 5) AS dir3 FROM bid
                """),
        NexmarkQuery(
            name: "q23", what: "join of three",
            sql: """
                SELECT b.bidder, b.price, b.channel, b.url, b.extra, p.name, p.emailAddress,
                  p.creditCard, p.city, p.state, p.extra AS whoExtra, a.itemName, a.description,
                  a.initialBid, a.reserve, a.`dateTime` AS opened, a.expires, a.seller, a.category,
                  a.extra AS about
                FROM bid b JOIN person p ON p.id = b.bidder JOIN auction a ON a.seller = b.bidder
                """),
        NexmarkQuery(
            name: "x1", what: "interval join",
            sql: """
                SELECT a.id, a.category, b.bidder, b.price, b.`dateTime` FROM auction a
                JOIN bid b ON a.id = b.auction AND b.`dateTime` BETWEEN a.`dateTime`
                  AND a.`dateTime` + INTERVAL '10' SECOND
                """),
        NexmarkQuery(
            name: "x2", what: "temporal join",
            sql: """
                SELECT b.auction, b.price, b.`dateTime`, p.name, p.state FROM (
                  SELECT auction, price, bidder - 1000 AS who, `dateTime` FROM bid) b
                JOIN person_versions FOR SYSTEM_TIME AS OF b.`dateTime` AS p ON b.who = p.id
                """),
        NexmarkQuery(
            name: "x3", what: "cumulating windows",
            sql: """
                SELECT channel, window_start, window_end, SUM(price) AS money FROM TABLE(CUMULATE(
                  TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND, INTERVAL '1' MINUTE))
                GROUP BY channel, window_start, window_end
                """),
        NexmarkQuery(
            name: "x4", what: "outer interval join",
            sql: """
                SELECT a.id, a.category, b.bidder, b.price FROM auction a
                LEFT JOIN bid b ON a.id = b.auction AND b.price > 10000000 AND b.`dateTime`
                  BETWEEN a.`dateTime` AND a.`dateTime` + INTERVAL '2' SECOND
                """),
        NexmarkQuery(
            name: "x5", what: "pattern of rising bids",
            sql: """
                SELECT * FROM bid MATCH_RECOGNIZE (
                  PARTITION BY auction ORDER BY `dateTime`, bidder, price
                  MEASURES A.price AS lowest, LAST(B.price) AS highest, COUNT(B.price) AS steps,
                    C.price AS fallen
                  ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW
                  PATTERN (A B+ C) WITHIN INTERVAL '1' MINUTE
                  DEFINE B AS B.price > LAST(B.price, 1)
                      OR LAST(B.price, 1) IS NULL AND B.price > A.price,
                    C AS C.price < LAST(B.price))
                """),
    ]

    /// q15 and q16: bids, bidders and auctions by ranges of prices.
    private static func counts(by keys: [String]) -> String {
        let ranges = [
            ("", ""), ("_low", " FILTER (WHERE price < 10000)"),
            ("_mid", " FILTER (WHERE price >= 10000 AND price < 1000000)"),
            ("_high", " FILTER (WHERE price >= 1000000)"),
        ]
        let day = "DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')"
        var columns = keys.map { $0 == "day" ? "\(day) AS dt" : $0 }
        if keys.count > 1 { columns.append("MAX(DATE_FORMAT(`dateTime`, 'HH:mm')) AS hm") }
        for (name, argument) in [
            ("bids", "*"), ("bidders", "DISTINCT bidder"), ("auctions", "DISTINCT auction"),
        ] {
            columns += ranges.map { "COUNT(\(argument))\($0.1) AS \(name)\($0.0)" }
        }
        let grouped = keys.map { $0 == "day" ? day : $0 }.joined(separator: ", ")
        return "SELECT \(columns.joined(separator: ", ")) FROM bid GROUP BY \(grouped)"
    }
}
