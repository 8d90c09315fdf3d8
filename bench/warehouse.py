"""Raw tables of any size, written by PostgreSQL itself: what dlt would have loaded.

Playlists of 100 rows; three rows in ten bring a track of their own, the others share, and few
tracks are in many playlists. An item is 1.2 kB of JSON, as Spotify sends it to new apps. The same
size gives the same tables, from day to day.
"""

from psycopg2.extensions import cursor

ROWS_OF_A_PLAYLIST = 100
DLT = "payload jsonb, loaded_at timestamptz, _dlt_load_id varchar, _dlt_id varchar unique"
RAW_TABLES = f"""
create schema spotify_raw;
create table spotify_raw.playlists (playlist_id varchar, {DLT});
create table spotify_raw.playlist_items (
    playlist_id varchar, position bigint, snapshot_id varchar, {DLT}
);
create table spotify_raw.albums (album_id varchar, {DLT});
create table spotify_raw.artists (artist_id varchar, {DLT});
"""
FUNCTIONS = """
create or replace function pg_temp.chance(number bigint, what bigint) returns double precision
immutable language sql return (hashint8extended(number, what) & 1048575) / 1048576.0;

create or replace function pg_temp.spotify_id(kind text, number bigint) returns text
immutable language sql return kind || substr(md5(kind || number), 1, 21);

create or replace function pg_temp.named(kind text, id text) returns jsonb
immutable language sql return jsonb_build_object(
    'id', id,
    'uri', 'spotify:' || kind || ':' || id,
    'href', 'https://api.spotify.com/v1/' || kind || 's/' || id,
    'type', kind,
    'name', initcap(kind) || ' ' || substr(id, 2, 9),
    'external_urls',
    jsonb_build_object('spotify', 'https://open.spotify.com/' || kind || '/' || id)
);

create or replace function pg_temp.artist(track bigint, artists bigint, place bigint) returns jsonb
immutable language sql return pg_temp.named(
    'artist',
    pg_temp.spotify_id('x', floor(artists * pg_temp.chance(track, 10 + place))::bigint)
) - 'href';

create or replace function pg_temp.album(number bigint) returns jsonb
immutable language sql return pg_temp.named('album', pg_temp.spotify_id('a', number))
|| jsonb_build_object(
    'album_type', 'album',
    'images', jsonb_build_array(jsonb_build_object(
        'url', 'https://i.scdn.co/image/' || md5('image' || number), 'width', 640, 'height', 640
    )),
    'release_date',
    (date '2000-01-01' + floor(9000 * pg_temp.chance(number, 3))::integer)::text,
    'release_date_precision', 'day',
    'total_tracks', 1 + floor(14 * pg_temp.chance(number, 4))
);
"""
# Of `number`, a row of a playlist, the track that it holds.
ITEMS = """
insert into spotify_raw.playlist_items
select
    pg_temp.spotify_id('p', number / {length}),
    number % {length},
    'snapshot',
    jsonb_build_object(
        'added_at', to_char(
            timestamp '2024-01-01' + pg_temp.chance(number, 1) * interval '700 days',
            'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        ),
        'added_by', jsonb_build_object('id', 'user' || number / 1000),
        'is_local', false,
        'item', pg_temp.named('track', pg_temp.spotify_id('t', track)) || jsonb_build_object(
            'album', pg_temp.album(track / 3),
            'artists', case
                when track % 3 = 0 then jsonb_build_array(
                    pg_temp.artist(track, {artists}, 1), pg_temp.artist(track, {artists}, 2)
                )
                else jsonb_build_array(pg_temp.artist(track, {artists}, 1))
            end,
            'disc_number', 1,
            'track_number', 1 + track % 3,
            'duration_ms', 120000 + floor(180000 * pg_temp.chance(track, 5)),
            'explicit', track % 7 = 0,
            'external_ids', jsonb_build_object('isrc', 'GB' || lpad(track::text, 10, '0')),
            'is_local', false,
            'popularity', floor(100 * pg_temp.chance(track, 6 + {day})),
            'preview_url', null
        )
    ),
    timestamptz '2026-01-01' + {day} * interval '1 day' + number / {length} * interval '10 ms',
    '{day}',
    'i{day}-' || number
from (
    select
        number,
        floor({tracks} * pow(pg_temp.chance(
            number + case when number % 20 = 0 then {day} else 0 end, 0
        ), 1.5))::bigint as track
    from generate_series(0::bigint, {rows} - 1) as number
    where number / {length} % {every} = 0
) as numbered
"""
PLAYLISTS = """
insert into spotify_raw.playlists
select
    pg_temp.spotify_id('p', number),
    pg_temp.named('playlist', pg_temp.spotify_id('p', number)) || jsonb_build_object(
        'items', jsonb_build_object('total', {length}),
        'followers', jsonb_build_object('total', floor(10000 * pg_temp.chance(number, 7))),
        'owner', jsonb_build_object('id', 'user' || number, 'display_name', 'User ' || number),
        'public', true
    ),
    timestamptz '2026-01-01' + {day} * interval '1 day' + number * interval '10 ms',
    '{day}',
    'p{day}-' || number
from generate_series(0::bigint, {rows} / {length} - 1) as number
where number % {every} = 0
"""
ALBUMS = """
insert into spotify_raw.albums
select
    pg_temp.spotify_id('a', number),
    pg_temp.album(number) || jsonb_build_object(
        'popularity', floor(100 * pg_temp.chance(number, 8 + {day})),
        'label', 'Label ' || number % 500
    ),
    timestamptz '2026-01-01' + {day} * interval '1 day',
    '{day}',
    'a{day}-' || number
from generate_series(0::bigint, {tracks} / 3) as number
where number % {every} = 0
"""
ARTISTS = """
insert into spotify_raw.artists
select
    pg_temp.spotify_id('x', number),
    pg_temp.named('artist', pg_temp.spotify_id('x', number)) || jsonb_build_object(
        'popularity', floor(100 * pg_temp.chance(number, 9 + {day})),
        'followers',
        jsonb_build_object('total', floor(100000 * pg_temp.chance(number, 20 + {day}))),
        'genres', case
            when number % 3 = 0 then jsonb_build_array()
            else jsonb_build_array('genre ' || number % 300, 'genre ' || number % 11)
        end
    ),
    timestamptz '2026-01-01' + {day} * interval '1 day',
    '{day}',
    'x{day}-' || number
from generate_series(0::bigint, {artists} - 1) as number
where number % {every} = 0
"""
TABLES = {"playlist_items": ITEMS, "playlists": PLAYLISTS, "albums": ALBUMS, "artists": ARTISTS}

REPLACE = """
delete from spotify_raw.{table} where {key} in (select {key} from loaded);
insert into spotify_raw.{table} select * from loaded;
drop table loaded
"""


def fill(run: cursor, rows: int) -> None:
    """Create the raw tables of the first day.

    Args:
        run: of a connection in autocommit mode, to a database without raw tables.
        rows: of all playlists together; a multiple of 100.
    """
    run.execute(RAW_TABLES)
    _write(run, rows, day=0, every=1)


def change(run: cursor, rows: int, day: int, percent: int = 1) -> None:
    """Load some playlists anew, as the load method `upsert` does: edited, and much has moved.

    Args:
        run: of a connection in autocommit mode.
        rows: what `fill` was told.
        day: from 1 on.
        percent: of the playlists, albums and artists.
    """
    _write(run, rows, day=day, every=100 // percent)


def _write(run: cursor, rows: int, *, day: int, every: int) -> None:
    run.execute(FUNCTIONS)
    tracks = rows * 3 // 10
    size = {"rows": rows, "tracks": tracks, "artists": tracks // 5, "length": ROWS_OF_A_PLAYLIST}
    for table, statement in TABLES.items():
        key = "playlist_id" if table.startswith("playlist") else f"{table[:-1]}_id"
        run.execute(f"create temporary table loaded (like spotify_raw.{table})")
        written = statement.format(**size, day=day, every=every)
        run.execute(written.replace(f"spotify_raw.{table}", "loaded"))
        run.execute(REPLACE.format(table=table, key=key))
