"""Zip files of all that a link shows. They belong to the link's revision and end with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.bundles.models import Bundle, BundleState, Variant
from chalicelib.bundles.selection import PhotoSelector
from chalicelib.bundles.service import BundleRequest, BundleService
from chalicelib.errors import Conflict, NotFound
from chalicelib.library.photo import Photo
from chalicelib.sharing.models import Download, Share
from chalicelib.sharing.shared_photos import SharedPhotos

MAX_GUEST_BUNDLES = 20
# Guests of one link get the same bundle for a while, as long as the link shows the same photos.
REUSE_PERIOD = timedelta(hours=1)
USABLE_STATES = frozenset({BundleState.QUEUED, BundleState.BUILDING, BundleState.READY})


@dataclass(frozen=True, slots=True)
class GuestBundles:
    """Lets guests download everything at once."""

    bundles: BundleService
    selector: PhotoSelector
    shared: SharedPhotos
    now: Callable[[], datetime]

    def create(self, share: Share) -> Bundle:
        """A bundle of the photos, which may have been made a short while ago.

        Raises NotFound if the link allows no downloads or shows no photos, Invalid for too many photos, and Conflict
        if it has 20 bundles.
        """
        if share.terms.download is Download.NONE:
            raise NotFound("Photos cannot be downloaded with this link.")
        # Read before the photos: if they change in between, the next guest gets another bundle.
        contents = self.shared.contents(share)
        if recent := next((each for each in self._recent(share) if each.contents == contents), None):
            return recent
        request = BundleRequest(
            share.bundle_owner,
            self._photos(share),
            share.owner,
            Variant(share.terms.download),
            max_bundles=MAX_GUEST_BUNDLES,
            title=self.shared.title(share),
            contents=contents,
        )
        try:
            return self.bundles.create(request)
        except Conflict:
            raise Conflict("Too many downloads were made with this link. Try again later.") from None

    def get(self, share: Share, bundle_id: str) -> Bundle:
        """A bundle that was made with the link as it is now; raises NotFound."""
        return self.bundles.get(share.bundle_owner, bundle_id)

    def volume_link(self, share: Share, bundle: Bundle, number: int) -> str:
        """The address of a volume, which works as long as the link."""
        return self.bundles.volume_link(bundle, number, key_id=share.link_key)

    def _recent(self, share: Share) -> Iterable[Bundle]:
        now = self.now()
        for bundle in self.bundles.list_by_owner(share.bundle_owner):
            if bundle.created_at > now - REUSE_PERIOD and bundle.state(now) in USABLE_STATES:
                yield bundle

    def _photos(self, share: Share) -> Iterable[Photo]:
        if share.album_id is not None:
            return self.selector.in_album(share.album_id)
        return self.selector.by_ids(
            share.contents.photo_ids, lambda photo: photo.owner == share.owner, skip_others=True
        )
