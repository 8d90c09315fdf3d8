// Which columns of its rows each table shows, and what heads them.

const ANSWER_COLUMNS = [
  [
    ["artist_rank", "Rank"], ["artist_name", "Artist"], ["artist_popularity", "Popularity"], ["count_tracks", "Tracks"],
    ["share_of_tracks", "% of tracks"], ["avg_track_popularity", "Popularity of the tracks"],
    ["total_duration_minutes", "Minutes"],
  ],
  [
    ["popularity_rank", "Rank"], ["track_name", "Track"], ["artist_names", "Artists"], ["album_name", "Album"],
    ["track_popularity", "Popularity"], ["duration_mm_ss", "Length"],
  ],
  [
    ["release_year_month", "Released"], ["count_tracks", "Tracks"], ["avg_track_popularity", "Average popularity"],
    ["change_from_previous", "Change from the month before"],
  ],
  [
    ["album_rank", "Rank"], ["album_name", "Album"], ["count_tracks_in_playlist", "Its tracks here"],
    ["album_popularity", "Popularity of the album"], ["avg_track_popularity", "Average of its tracks here"],
    ["track_name", "Track"], ["track_popularity", "Popularity of the track"],
    ["track_minus_album_popularity", "Track minus album"], ["comparison", "Comparison"],
  ],
  [
    ["genre", "Genre"], ["count_tracks", "Tracks"], ["count_artists", "Artists"],
    ["avg_track_popularity", "Average popularity"], ["artist_names", "Who"],
  ],
];
const STAY_COLUMNS = [
  ["track_name", "Track"], ["came_at", "Came"], ["removed_before", "Left"],
  ["days_in_playlist", "Days in the playlist"], ["moves_up", "Moves up"], ["moves_down", "Moves down"],
];
const MOVER_COLUMNS = [
  ["track_name", "Track"], ["first_popularity", "Popularity at first"], ["last_popularity", "Popularity now"],
  ["change_in_all", "Change"], ["last_change", "Last change"], ["changed_at", "Last changed"],
];
const ARTIST_COLUMNS = [
  ["artist_name", "Artist"], ["count_tracks", "Tracks"], ["artist_popularity", "Popularity"],
  ["artist_genres", "Genres"], ["track_names", "Which tracks"],
];
const OVERLAP_COLUMNS = [
  ["other_playlist_name", "Playlist"], ["count_shared_tracks", "Shared tracks"], ["jaccard_of_tracks", "% of the tracks of both"],
  ["count_shared_artists", "Shared artists"], ["jaccard_of_artists", "% of the artists of both"],
];
