#!/usr/bin/perl
# Sums of a Postgres dump as `pg_restore --create --file -` writes it: sums-postgres.pl OWNER SUPERUSER… The server's
# packages are in part Perl, so its images have it.
#
# A restored table has its rows in another order: what fits goes into the gaps of earlier pages. So rows are summed up
# one by one, and it is the same for definitions. 128 bits are plenty against accidents; against malice there is restic.
#
# What belongs to whom and what the database itself is like are compared as data from the catalogs (read-database.sql).
use strict;
use warnings;
use integer;    # Additions wrap around.
use Digest::MD5 qw(md5);

my ( $owner, @superusers ) = @ARGV;
my %superuser = map { $_ => 1 } @superusers;

my ( $rows, $low, $high );
my ( $lines, $schema_low, $schema_high ) = ( 0, 0, 0 );

# The quote that a line left open. Whatever is in one is a value or a body, however much it looks like a statement.
my $quote;

sub scan {
    for ( $_[0] ) {
        while (1) {
            if ( defined $quote ) {
                my $end = index $_, $quote, pos // 0;
                return if $end < 0;
                pos = $end + length $quote;
                undef $quote;
            }
            elsif (/\G[^'"\$-]++|\G--.*/gc)                              { }
            elsif (/\G(['"]|\$(?:[a-z_\x80-\xff][\w\x80-\xff]*)?\$)/gci) { $quote = $1 }
            else                                                         { return unless /\G./gcs }
        }
    }
}

# A name as it is, without its quotes.
sub name {
    my $name = shift;
    $name =~ s/""/"/g if $name =~ s/\A"(.*)"\z/$1/s;
    return $name;
}

# In tab-separated fields, a line each.
sub field {
    my $field = shift;
    $field =~ s/([\\\t\n])/ { "\\" => "\\\\", "\t" => "\\t", "\n" => "\\n" }->{$1} /ge;
    return $field;
}

sub rows_of {
    my $table = shift;
    ( $rows, $low, $high ) = ( 0, 0, 0 );
    while ( my $line = <STDIN> ) {
        if ( $line eq "\\.\n" ) {
            printf "table\t%s\t%d\t%016x%016x\n", field($table), $rows, $high, $low;
            return;
        }
        my ( $first, $second ) = unpack 'q2', md5($line);
        $rows++;
        $low  += $first;
        $high += $second;
    }
    exit 1;
}

# What a restore does not do as it was: see engine_restore.
sub is_about_owners {
    my $statement = shift;
    return 1 if $statement =~ /^ALTER .* OWNER TO (?:"(?:[^"]|"")*"|[^ "';]+);$/s;
    return 1 if $statement =~ /^(?:GRANT .* TO|REVOKE .* FROM) ("(?:[^"]|"")*"|[^ "]+);$/s && name($1) eq $owner;
    return $statement =~ /^ALTER DEFAULT PRIVILEGES FOR ROLE ("(?:[^"]|"")*"|[^ "]+) /s && $superuser{ name($1) };
}

while ( my $statement = <STDIN> ) {
    scan($statement);
    # To the end of the quotes that begin here, so that a name of several lines is a name.
    while ( defined $quote ) {
        my $line = <STDIN> // exit 1;
        scan($line);
        $statement .= $line;
    }
    if ( $statement =~ /^COPY ((?:"[^"]*"|[^" (])+).* FROM stdin;$/s ) {
        rows_of($1);
        next;
    }
    # What makes the database itself.
    next if $statement =~ /^(?:(?:CREATE|ALTER|COMMENT ON|SECURITY LABEL .* ON|GRANT [^;"]* ON|REVOKE [^;"]* ON) DATABASE |ALTER ROLE (?:"(?:[^"]|"")*"|[^ "]+) IN DATABASE )/s;
    next if is_about_owners($statement);
    for my $line ( $statement =~ /.*\n/g ) {
        # Comments, and words that are different in every dump.
        next if $line =~ /^(?:--|$|\\(?:un)?restrict |\\connect )/;
        my ( $first, $second ) = unpack 'q2', md5($line);
        $lines++;
        $schema_low  += $first;
        $schema_high += $second;
    }
}
printf "schema\t%d\t%016x%016x\n", $lines, $schema_high, $schema_low;
