"""Makes moto faster, above all its DynamoDB, without changing its responses.

The app tests spend most of their time in it. Unpatched, each transaction copies every table it touches, each update
parses its expression twice, copies it slowly and checks each part again for what the root's check has already covered,
each attribute that does not exist yet is reported as XML, an item's size is computed before each assignment, each
attribute value in a response is searched for under dozens of names, each request lists the methods of a class and
loads a module again to find out which URLs S3 has, its host is matched five times, and its id is drawn by letters.
The Systems Manager loads all of EC2, which takes longer to import than the rest of moto, to list its instances.

It also handles one request at a time, as moto's backends need: a transaction that fails would undo another thread's.
"""

import copy
import string
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from threading import RLock
from types import ModuleType
from typing import Any

from moto.core import responses
from moto.core.base_backend import BaseBackend
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.exceptions import ItemSizeTooLarge, ProvidedKeyDoesNotExist
from moto.dynamodb.models import DynamoDBBackend, DynamoType
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import bytesize
from moto.dynamodb.parsing.ast_nodes import (
    DepthFirstTraverser,
    LeafNode,
    Node,
    NoneExistingPath,
    UpdateExpressionPath,
    UpdateExpressionSetAction,
)
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import (
    ActionCountValidator,
    ExpressionPathResolver,
    OverlappingPathsValidator,
)
from moto.dynamodb.responses import DynamoHandler
from moto.moto_api._internal.moto_random import MotoRandom
from moto.s3.responses import S3Response

from tests.support import moto_requests

MAX_ITEM_SIZE = 405_000  # bytes, as in moto


@cache
def apply() -> None:
    """Patch moto for this process; calling it again changes nothing."""
    moto_requests.apply()
    sys.modules.setdefault("moto.ec2", _without_instances())
    BaseBackend.urls = property(_urls_of_type(BaseBackend.urls.fget))
    responses.method_names_from_class = cache(responses.method_names_from_class)
    MotoRandom.get_random_string = _random_string
    S3Response.subdomain_based_buckets = staticmethod(_by_host(S3Response.subdomain_based_buckets))
    DynamoHandler.call_action = _one_at_a_time(DynamoHandler.call_action)
    DynamoDBBackend.update_item = _updating_a_copy(DynamoDBBackend.update_item)
    Table.__deepcopy__ = _copy_without_items
    BaseJSONSerializer._serialize_type_structure = _attribute_values_first(BaseJSONSerializer._serialize_type_structure)
    UpdateExpressionParser.make = lru_cache(UpdateExpressionParser.make)  # its results are only read and copied
    Node.__deepcopy__ = _copy_node
    DepthFirstTraverser.traverse_node_recursively = _traverse
    ActionCountValidator.traverse = ActionCountValidator.verify_action_counts
    LimitedSizeDict.__setitem__ = dict.__setitem__
    Item.__init__ = _of_limited_size(Item.__init__)
    UpdateExpressionExecutor.execute = _with_limited_size(UpdateExpressionExecutor.execute)
    OverlappingPathsValidator.traverse = OverlappingPathsValidator.check_for_overlapping_paths
    ExpressionPathResolver.resolve_expression_path_nodes_to_dynamo_type = _value_at_path


def _without_instances() -> ModuleType:
    """What `moto.ssm` imports of EC2; to use it raises KeyError."""
    module = ModuleType("moto.ec2")
    vars(module)["ec2_backends"] = {}
    return module


def _urls_of_type(urls: Callable[[BaseBackend], dict[str, Any]]) -> Callable[[BaseBackend], dict[str, Any]]:
    """The URLs of all backends of a type, found out once."""
    found: dict[type, dict[str, Any]] = {}

    def cached(self: BaseBackend) -> dict[str, Any]:
        if type(self) not in found:
            found[type(self)] = urls(self)
        return found[type(self)]

    return cached


def _random_string(self: MotoRandom, length: int = 20, include_digits: bool = True, lower_case: bool = False) -> str:
    """The same as in moto, with one call."""
    letters = string.ascii_letters + (string.digits if include_digits else "")
    drawn = "".join(self.choices(letters, k=length))
    return drawn.lower() if lower_case else drawn


def _by_host(names_bucket: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether the host of a request names its bucket, found out once for each host."""
    found: dict[str, bool] = {}

    def cached(request: Any) -> bool:
        host = request.headers.get("host")
        if not host:
            return names_bucket(request)
        if host not in found:
            found[host] = names_bucket(request)
        return found[host]

    return cached


def _one_at_a_time(handle: Callable[..., Any]) -> Callable[..., Any]:
    lock = RLock()

    @wraps(handle)
    def handled(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return handle(*args, **kwargs)

    return handled


def _updating_a_copy(update_item: Callable[..., Any]) -> Callable[..., Any]:
    """Replace the stored item before it is updated, so that no item ever changes once it is stored."""

    def update(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        table = self.get_table(table_name)
        hash_key = DynamoType(key[table.hash_key_attr])
        range_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
        if item := table.get_item(hash_key, range_key):
            if range_key:
                table.items[hash_key][range_key] = copy.deepcopy(item)
            else:
                table.items[hash_key] = copy.deepcopy(item)
        return update_item(self, table_name, key, *args, **kwargs)

    return update


def _of_limited_size(init: Callable[..., None]) -> Callable[..., None]:
    """Check the size of an item when it has all attributes, and not again before each of them."""

    def made(self: Item, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        _check_size(self)

    return made


def _with_limited_size(execute: Callable[..., None]) -> Callable[..., None]:
    """Check the size of an item after an update, and not before each of its assignments."""

    def executed(self: UpdateExpressionExecutor, node: Node | None = None) -> None:
        execute(self, node)
        if node is None:  # the whole expression
            _check_size(self.item)

    return executed


def _check_size(item: Item) -> None:
    if sum(bytesize(name) + value.size() for name, value in item.attrs.items()) > MAX_ITEM_SIZE:
        raise ItemSizeTooLarge


def _copy_without_items(table: Table, memo: dict[int, Any]) -> Table:
    """A copy of a table for a rollback; both share the items, which never change."""
    made = copy.copy(table)
    rows = ((key, dict(row) if table.has_range_key else row) for key, row in table.items.items())
    made.items = defaultdict(dict, rows)
    memo[id(table)] = made
    return made


def _attribute_values_first(serialize: Callable[..., None]) -> Callable[..., None]:
    """Serialize an attribute value by the one type that it has; moto looks up all ten, by every alias."""

    def serialized(self: BaseJSONSerializer, out: dict[str, Any], value: Any, shape: Any, key: str) -> None:
        if shape.name != "AttributeValue" or type(value) is not dict:
            return serialize(self, out, value, shape, key)
        made: dict[str, Any] = {}
        for name in value.keys() & shape.members.keys():
            if value[name] is not None:
                self._serialize(made, value[name], shape.members[name], name)
        self._default_serialize(out, made, shape, key)
        return None

    return serialized


def _copy_node(node: Any, _memo: dict[int, Any]) -> Any:
    """A copy of an expression; values that are not nodes never change."""
    made = node.__class__.__new__(node.__class__)
    made.__dict__.update(node.__dict__)
    if node.children is not None:
        made.children = [_copy_node(child, _memo) if isinstance(child, Node) else child for child in node.children]
        for child in made.children:
            if isinstance(child, Node):
                child.parent = made
    return made


def _traverse(self: DepthFirstTraverser, node: Any, child_id: int = -1) -> Any:
    """The same as in moto, but with a cached lookup of what nodes of a type are, and what is below them."""
    is_node, is_processed, has_more = _kinds.get((type(self), type(node))) or _kind(self, type(node))
    if not is_node:
        return node
    parent = node.parent
    if has_more:
        for index, child in enumerate(node.children or ()):
            self.pre_processing_of_child(node, index)
            _traverse(self, child, index)
    if is_processed:
        node = self.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


_kinds: dict[tuple[type, type], tuple[bool, bool, bool]] = {}


def _kind(traverser: DepthFirstTraverser, kind: type) -> tuple[bool, bool, bool]:
    """Whether values of this type are nodes, whether the traverser processes them, and any below them."""
    wanted = traverser.nodes_to_be_processed()
    # Nothing is looked for within paths, and no action is within another.
    has_more = not issubclass(kind, LeafNode | UpdateExpressionPath) and {kind, *wanted} != {UpdateExpressionSetAction}
    found = issubclass(kind, Node), issubclass(kind, wanted), has_more
    return _kinds.setdefault((type(traverser), kind), found)


def _value_at_path(self: ExpressionPathResolver, item: Item, path: list[Node]) -> Any:
    """The value at a path; raises ProvidedKeyDoesNotExist, which is made once as it renders its message."""
    node = self.resolve_expression_path_nodes(item, path)
    if isinstance(node, NoneExistingPath):
        raise _no_value().with_traceback(None)
    return node.get_value()


_no_value = cache(ProvidedKeyDoesNotExist)
