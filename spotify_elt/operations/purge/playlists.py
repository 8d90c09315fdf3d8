"""Which playlists a purge deletes: those that are named, or those no longer configured."""

from dataclasses import dataclass

from loader.errors import SettingsError
from spotify_elt.settings.pipeline_yml import PipelineConfig, playlist_ids


@dataclass(frozen=True)
class PurgedPlaylists:
    """The playlists that a purge deletes.

    Attributes:
        ids: the ones to go if they were named, or else the ones to stay.
        named: the user has named them.
    """

    ids: list[str]
    named: bool

    @property
    def condition(self) -> str:
        """The SQL condition on `playlist_id`; `%(ids)s` are the ids."""
        return f"playlist_id {'= any' if self.named else '<> all'}(%(ids)s)"

    @property
    def reason(self) -> str:
        """Why they go, in words."""
        return "playlists that you named" if self.named else "playlists no longer configured"


def chosen(config: PipelineConfig, named: list[str] | None) -> PurgedPlaylists:
    """Return the playlists to be deleted.

    Args:
        config: names the playlists to keep, where none is named to be deleted.
        named: ids, URIs or URLs of playlists to be deleted.

    Raises:
        SettingsError: a name is no playlist, or neither the settings nor the user name any: the
            default playlist must not make a purge delete all others.
    """
    if named:
        return PurgedPlaylists(playlist_ids(named), named=True)
    if "playlists" not in config.model_fields_set:
        raise SettingsError(
            "pipeline.yml names no playlists, so all that are stored would count as no longer "
            "configured: name there those to keep, or with --playlist those to delete, or delete "
            "all with --everything."
        )
    return PurgedPlaylists(config.playlists, named=False)
