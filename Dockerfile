# One image for all our processes; docker-compose.yml says which one runs.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app

# The packages are a layer of their own: a change of ours does not fetch them again.
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --require-hashes -r requirements/runtime.txt

COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
    && useradd --create-home --uid 10001 odum \
    && install --directory --owner odum --group odum /var/lib/odum

USER odum
ENV ODUM_HOME=/var/lib/odum
