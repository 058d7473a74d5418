"""Keeps the cards in step with the products, in the transaction that changes them."""

from __future__ import annotations

from collections import defaultdict
from itertools import batched
from typing import TYPE_CHECKING, Any

import orjson
from psycopg2.extras import execute_values

from prost.db import database
from prost_catalog.domain import ProductState
from prost_catalog.models import Product
from prost_catalog.use_cases.projection import Projection, project

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID
