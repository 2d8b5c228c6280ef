declare module 'bootstrap';
declare module '*.css';
