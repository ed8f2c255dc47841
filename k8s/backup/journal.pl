#!/usr/bin/perl
# What back-up and restore must know of a segment of the engine's journal (docs/adr/0017-journal-and-snapshots.md).
# The image is PostgreSQL's on Debian, which is never without perl-base; no other module than its own is used.
#
#   journal.pl end FILE    up to where it is written, in bytes: a segment's room is taken in advance, and filled with zeros
#   journal.pl last FILE   the sequence of its last whole record; of one without any, the sequence before its first
use strict;
use warnings;

use constant {
    BLOCK            => 4096,
    SEGMENT_HEADER   => 64,
    AT_FIRST         => 44,
    RECORD_HEADER    => 40,
    RECORD_MAGIC     => 0x33524a44,
    RECORD_MAX_BYTES => 1 << 30,
};

my ($command, $path) = @ARGV;
die "usage: journal.pl end|last FILE\n" unless defined $path;
open(my $file, '<:raw', $path) or die "$path: $!\n";
my $size = -s $file;
printf "%d\n", $command eq 'end' ? written_end() : last_sequence();

sub bytes_at {
    my ($at, $length) = @_;
    sysseek $file, $at, 0 or die "$path: $!\n";
    my $bytes;
    my $found = sysread $file, $bytes, $length;
    die "$path: $!\n" unless defined $found;
    return $bytes;
}

# The end of the last block that is not all zeros; no record has so many in a row. A record's own last byte may be
# one, so the rest of its block goes along.
sub written_end {
    my ($low, $high) = (0, int(($size + BLOCK - 1) / BLOCK));    # blocks below $low are written, those from $high on not
    while ($low < $high) {
        my $middle = int(($low + $high) / 2);
        if (bytes_at($middle * BLOCK, BLOCK) =~ /[^\0]/) { $low = $middle + 1 }
        else                                             { $high = $middle }
    }
    my $end = $low * BLOCK;
    return $end < $size ? $end : $size;
}

# Checksums are the engine's matter, which cuts off a record that the back-up has not whole.
sub last_sequence {
    my $header = bytes_at(0, SEGMENT_HEADER);
    die "$path is no segment of a journal that this release reads\n"
        unless length $header == SEGMENT_HEADER && $header =~ /^DTJOURN3/;
    my $last = unpack('Q<', substr $header, AT_FIRST, 8) - 1;
    my $at   = SEGMENT_HEADER;
    while ($at + RECORD_HEADER <= $size) {
        my ($magic, undef, $length, undef, undef, $first, $count) =
            unpack 'L< L< L< L< q< Q< L<', bytes_at($at, RECORD_HEADER);
        last if $magic != RECORD_MAGIC || $length < RECORD_HEADER || $length > RECORD_MAX_BYTES;
        last if $at + $length > $size;
        $last = $first + $count - 1;
        $at += $length;
    }
    return $last;
}
