CREATE SEQUENCE seq START 5;
CREATE TABLE versioned (id int DEFAULT nextval(seq) PRIMARY KEY, v text) WITH SYSTEM VERSIONING;
INSERT INTO versioned (v) VALUES ('a'), ('b');
UPDATE versioned SET v = 'c' WHERE v = 'a';
DELETE FROM versioned WHERE v = 'b';
CREATE TABLE aria_table (a int) ENGINE = Aria;
CREATE VIEW a_later_view AS SELECT 1 AS one;
CREATE VIEW history AS SELECT v FROM versioned FOR SYSTEM_TIME ALL;
CREATE VIEW from_sequence AS SELECT nextval(seq) AS n FROM a_later_view;
CREATE OR REPLACE VIEW a_later_view AS SELECT one FROM (SELECT 1 AS one) AS o;
SET sql_mode = ORACLE;
DELIMITER //
CREATE PACKAGE pack AS FUNCTION one RETURN int; END;
//
CREATE PACKAGE BODY pack AS FUNCTION one RETURN int AS BEGIN RETURN 1; END; END;
//
DELIMITER ;
