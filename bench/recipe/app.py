"""The same service as the tutorials of FastAPI and SQLModel write it."""

import os
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import EmailStr
from sqlalchemy import DateTime, text
from sqlmodel import Field, Session, SQLModel, create_engine, or_, select

engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:"))


class UserBase(SQLModel):
    name: str = Field(min_length=1, max_length=200)
    email: EmailStr = Field(max_length=254)


def moment():
    return Field(default=None, sa_type=DateTime(True), sa_column_kwargs={"server_default": text("now()")})


class User(UserBase, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    version: int = 1
    created_at: datetime | None = moment()
    updated_at: datetime | None = moment()


class UserPublic(UserBase):
    id: int
    version: int
    created_at: datetime
    updated_at: datetime


class UserUpdate(SQLModel):
    name: str | None = Field(default=None, min_length=1, max_length=200)
    email: EmailStr | None = Field(default=None, max_length=254)


def get_session():
    with Session(engine) as session:
        yield session


def check_key(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]):
    if credentials.credentials != os.environ["API_KEY"]:
        raise HTTPException(status_code=401, detail="Invalid key")


SessionDep = Annotated[Session, Depends(get_session)]
app = FastAPI(dependencies=[Depends(check_key)])


@app.get("/users", response_model=list[UserPublic])
def read_users(session: SessionDep, limit: Annotated[int, Query(ge=1, le=100)] = 50, q: str | None = None):
    statement = select(User).order_by(User.id).limit(limit)
    if q:
        statement = statement.where(or_(User.name.icontains(q), User.email.icontains(q)))
    return session.exec(statement).all()


@app.post("/users", response_model=UserPublic, status_code=201)
def create_user(user: UserBase, session: SessionDep):
    db_user = User.model_validate(user)
    session.add(db_user)
    session.commit()
    session.refresh(db_user)
    return db_user


@app.get("/users/{user_id}", response_model=UserPublic)
def read_user(user_id: int, session: SessionDep):
    user = session.get(User, user_id)
    if not user:
        raise HTTPException(status_code=404, detail="User not found")
    return user


@app.patch("/users/{user_id}", response_model=UserPublic)
def update_user(user_id: int, user: UserUpdate, session: SessionDep):
    db_user = session.get(User, user_id)
    if not db_user:
        raise HTTPException(status_code=404, detail="User not found")
    db_user.sqlmodel_update(user.model_dump(exclude_unset=True))
    session.add(db_user)
    session.commit()
    session.refresh(db_user)
    return db_user
