ALTER DATABASE app CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE parent (
  id int AUTO_INCREMENT PRIMARY KEY, t varchar(200), b blob, vb varbinary(20), j json, d decimal(20, 5), f double,
  dt datetime(6), ts timestamp(3) NULL, y year, e enum('a', 'b'), s set('x', 'y'), bt bit(10), k int DEFAULT 7,
  g int GENERATED ALWAYS AS (k * 2) STORED, gv int AS (k * 3) VIRTUAL, l longtext, geo point, u bigint unsigned, tm time
);
INSERT INTO parent (t, b, vb, j, d, f, dt, ts, y, e, s, bt, l, geo, u, tm) VALUES
  ('é😀''\\ "x"\n\r\t`` VALUES (1),(2)', x'00ff27225c0a', x'00', '{"a": [1, 2, {"b": "é"}]}', 123.45600, 1e300, now(6), now(3),
   2024, 'a', 'x,y', b'1010101', repeat('long é ', 20000), point(1, 2), 18446744073709551615, '-838:59:59'),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO parent (t, l) SELECT concat('row ', id), repeat('z', 1000) FROM parent;
INSERT INTO parent (t, l) SELECT concat('row ', id), repeat('z', 100) FROM parent;
CREATE TABLE `odd ``name` (`c ``) VALUES (` int, `x` varchar(10), UNIQUE KEY (`x`));
INSERT INTO `odd ``name` VALUES (1, 'INSERT'), (2, NULL), (3, NULL);
CREATE TABLE `generated cols` (a int PRIMARY KEY, b int AS (a + 1) STORED);
INSERT INTO `generated cols` (a) VALUES (1), (2);
CREATE TABLE nokey (v text);
INSERT INTO nokey VALUES ('b'), ('a'), ('b');
CREATE TABLE child (id int PRIMARY KEY, p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO child VALUES (1, 1), (2, 2);
CREATE TABLE big (id int PRIMARY KEY, b longblob);
INSERT INTO big VALUES (1, repeat(x'00ff', 5000000));
CREATE TABLE nothing (id int);
CREATE VIEW v AS SELECT id, t FROM parent;
CREATE VIEW vv AS SELECT * FROM v WHERE id > 1;
CREATE TABLE debit (id bigint PRIMARY KEY, amount int);
CREATE TABLE credit (id bigint PRIMARY KEY, amount int);
CREATE TRIGGER shout BEFORE INSERT ON parent FOR EACH ROW SET new.t = concat(coalesce(new.t, ''), '!');
CREATE PROCEDURE pr (IN a int) SELECT a;
CREATE PROCEDURE note (IN a int)
INSERT INTO `nokey` (`v`)
VALUES (concat('note ', a));
CREATE FUNCTION plus (a int) RETURNS int DETERMINISTIC RETURN a + 1;
CREATE EVENT ev ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 00:00:00' DO INSERT INTO nokey VALUES ('event');
