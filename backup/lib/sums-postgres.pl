#!/usr/bin/perl
# Sums of a Postgres dump as `pg_restore --create --file -` writes it. The server's packages are in part Perl, so its
# images have it.
#
# A restored table has its rows in another order: what fits goes into the gaps of earlier pages. So rows are summed up
# one by one, and it is the same for definitions. 128 bits are plenty against accidents; against malice there is restic.
use strict;
use warnings;
use integer;    # Additions wrap around.
use Digest::MD5 qw(md5);

my ( $table, $rows, $low, $high );

# A statement on the database itself, until its end.
my $open;
my ( $lines, $schema_low, $schema_high ) = ( 0, 0, 0 );

my $name = qr/(?:(?:"[^"]*")+|[^ ;"]+)/;

# A semicolon in a name or a literal, where quotes are doubled, ends nothing.
sub ended {
    my $statement = shift;
    return $statement =~ /;\n\z/ && $statement =~ /\A(?:[^'"]++|"[^"]*+"|'[^']*+')*+\z/;
}

while ( my $line = <STDIN> ) {
    if ( defined $table ) {
        if ( $line eq "\\.\n" ) {
            printf "table\t%s\t%d\t%016x%016x\n", $table, $rows, $high, $low;
            undef $table;
            next;
        }
        my ( $first, $second ) = unpack 'q2', md5($line);
        $rows++;
        $low  += $first;
        $high += $second;
    }
    elsif ( $line =~ /^COPY ((?:"[^"]*"|[^" (])+).* FROM stdin;$/ ) {
        ( $table, $rows, $low, $high ) = ( $1, 0, 0, 0 );
    }
    elsif ( defined $open ) {
        print "create\t$line";
        $open .= $line;
        undef $open if ended($open);
    }
    # What makes the database itself, whatever its name will be.
    elsif ( $line =~ /^(?:(?:CREATE|ALTER|COMMENT ON|GRANT [^;]* ON|REVOKE [^;]* ON) DATABASE |ALTER ROLE $name IN DATABASE )/ ) {
        $line =~ s/ DATABASE $name/ DATABASE :"database"/;
        print "create\t$line";
        ($open) = $line =~ / DATABASE :"database"(.*)/s;
        undef $open if ended($open);
    }
    # Comments, and words that are different in every dump.
    elsif ( $line !~ /^(?:--|$|\\(?:un)?restrict |\\connect )/ ) {
        my ( $first, $second ) = unpack 'q2', md5($line);
        $lines++;
        $schema_low  += $first;
        $schema_high += $second;
    }
}
exit 1 if defined $table or defined $open;
printf "schema\t%d\t%016x%016x\n", $lines, $schema_high, $schema_low;
